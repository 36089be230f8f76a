//! Whose each thing is.

use crate::detect::claim::Claim;
use crate::detect::view::{Setting, Sheet};
use crate::rules::labels::Labels;
use crate::rules::names::Names;

/// Assigns roles and mentions.
pub(super) fn assign(
    _labels: &Labels,
    _names: &Names,
    _sheets: &[Sheet<'_>],
    _setting: &Setting,
    _claims: &mut [Claim],
) {
}
