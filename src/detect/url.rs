//! URLs and bare web addresses.

use super::hit::Hit;
use super::view::{Setting, Sheet};

/// Finds URLs.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let _ = (sheet, out);
}
