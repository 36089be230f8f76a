//! The numbering plans of all countries: libphonenumber's metadata, with patterns that mean plain digits.

use crate::rules::RuleError;
use prost::Message as _;
use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneMetadata, PhoneMetadataCollection, PhoneNumberDesc, PhoneNumberUtil, Region,
};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::OnceLock;

/// The metadata as the `rlibphonenumber` package ships it; the build script takes it from there.
static METADATA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/phones.bin"));

/// The plans, read when they are first asked: most items of a leak are pictures, and most digits are told to be no
/// telephone without them.
#[derive(Default)]
pub(super) struct Plans(OnceLock<Option<Read>>);

/// What was read.
struct Read {
    util: PhoneNumberUtil,
    /// Digits of the shortest number of a region, with or without its area code.
    shortest: BTreeMap<String, usize>,
}

impl Plans {
    /// Digits of the shortest number that may be written in a region; fewer are no number of it.
    pub(super) fn shortest(&self, region: Region) -> usize {
        self.read().and_then(|read| read.shortest.get(region.as_region_str().as_ref())).copied().unwrap_or_default()
    }

    fn read(&self) -> Option<&Read> {
        self.0.get_or_init(|| read().ok()).as_ref()
    }
}

impl Deref for Plans {
    type Target = PhoneNumberUtil;

    /// Were ours unreadable, those that the package reads itself, which say the same.
    fn deref(&self) -> &PhoneNumberUtil {
        self.read().map_or(&*PHONE_NUMBER_UTIL, |read| &read.util)
    }
}

/// Reads the plans.
///
/// A `\d` of the metadata is a digit of any script, but numbers are put into plain digits before a pattern sees them. The
/// state tables of patterns with all scripts in them took 150 MB of a worker that met numbers of all countries, and
/// half a second.
///
/// # Errors
/// If the metadata cannot be read, which a build that passed its tests does not meet.
fn read() -> Result<Read, RuleError> {
    let unread = |message: String| RuleError::new("libphonenumber", message);
    let mut plans = PhoneMetadataCollection::decode(METADATA).map_err(|error| unread(error.to_string()))?;
    plans.metadata.iter_mut().for_each(plain_digits);
    let shortest = plans.metadata.iter().map(|plan| (plan.id.clone(), shortest(plan))).collect();
    let util = PhoneNumberUtil::new_for_metadata(plans).map_err(|error| unread(error.to_string()))?;
    Ok(Read { util, shortest })
}

/// Digits of the shortest number of a country. Some add an area code to what is dialled without one.
#[expect(deprecated, reason = "the package marks what it compiles later on, and this is before that")]
fn shortest(plan: &PhoneMetadata) -> usize {
    let lengths = plan.general_desc.iter();
    let lengths = lengths.flat_map(|numbers| numbers.possible_length.iter().chain(&numbers.possible_length_local_only));
    lengths.filter_map(|length| usize::try_from(*length).ok()).min().unwrap_or_default()
}

/// Rewrites every pattern of a country.
#[expect(deprecated, reason = "the package marks what it compiles later on, and this is before that")]
fn plain_digits(plan: &mut PhoneMetadata) {
    let descriptions: [&mut Option<PhoneNumberDesc>; 17] = [
        &mut plan.general_desc,
        &mut plan.fixed_line,
        &mut plan.mobile,
        &mut plan.toll_free,
        &mut plan.premium_rate,
        &mut plan.shared_cost,
        &mut plan.personal_number,
        &mut plan.voip,
        &mut plan.pager,
        &mut plan.uan,
        &mut plan.emergency,
        &mut plan.voicemail,
        &mut plan.short_code,
        &mut plan.standard_rate,
        &mut plan.carrier_specific,
        &mut plan.sms_services,
        &mut plan.no_international_dialling,
    ];
    let numbers = descriptions.into_iter().flatten().filter_map(|kind| kind.national_number_pattern.as_mut());
    let prefixes =
        [&mut plan.leading_digits, &mut plan.international_prefix, &mut plan.national_prefix_for_parsing].into_iter();
    let formats = plan.number_format.iter_mut().chain(&mut plan.intl_number_format);
    let formats =
        formats.flat_map(|format| std::iter::once(&mut format.pattern).chain(&mut format.leading_digits_pattern));
    for pattern in numbers.chain(prefixes.flatten()).chain(formats) {
        *pattern = pattern.replace(r"\d", "[0-9]");
    }
}

#[cfg(test)]
mod tests {
    use super::{Read, read};
    use rlibphonenumber::PhoneNumberType;

    /// Example numbers of every country and kind are what the package says they are.
    #[test]
    fn examples_of_every_country_are_valid_under_the_rewritten_plans() {
        let Read { util: plans, shortest } = read().expect("read");
        let (mut regions, mut examples) = (0, 0);
        for region in plans.get_supported_regions() {
            regions += 1;
            for kind in [PhoneNumberType::FixedLine, PhoneNumberType::Mobile, PhoneNumberType::TollFree] {
                let Ok(number) = plans.get_example_number_for_type_and_region(region, kind) else { continue };
                examples += 1;
                let digits = number.get_national_significant_number().len();
                assert!(digits >= shortest[region.as_region_str().as_ref()], "{region:?} {kind:?}");
                assert!(plans.is_valid_number_for_region(&number, region), "{region:?} {kind:?}");
                assert_eq!(plans.parse(number.to_string(), None).ok().as_ref(), Some(&number), "{region:?} {kind:?}");
            }
        }
        assert!(regions > 240 && examples > 500, "{regions} {examples}");
    }
}
