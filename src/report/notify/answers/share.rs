//! One controller's share.

use super::{Answer, Missing, computed, lines, people, supplied};
use crate::report::build::grouped;
use crate::report::figures::Share;
use crate::report::format::bytes;
use crate::report::v1::NameCount;
use crate::rules::notify::Fact;

/// One controller's share.
pub(super) fn by_share(fact: Fact, share: Option<&Share>) -> Option<Result<Answer, Missing>> {
    const OF: &str = "items told apart by letterhead and folder";
    const NONE: Missing = "the controller";
    let counts = |rows: &[NameCount], unit: &str| -> Vec<String> {
        rows.iter().map(|row| format!("{}: {} {unit}", row.title, grouped(row.count))).collect()
    };
    let with = |answer: fn(&Share) -> Result<Answer, Missing>| share.map_or(Err(NONE), answer);
    Some(match fact {
        Fact::ShareName => with(|share| supplied(share.name.as_deref(), "controllers.<name>.name")),
        Fact::ShareCountry => with(|share| match &share.country {
            Some(country) => computed(country.clone(), "incident file, else the country of most of its papers"),
            None => Err("controllers.<name>.country"),
        }),
        Fact::SharePersons => {
            with(|share| computed(format!("About {}.", people(share.persons)), "persons counted by rules/resolve.toml"))
        }
        Fact::ShareFiles => with(|share| {
            let members = match share.members {
                0 => String::new(),
                members => format!(", and {} members of containers", grouped(members)),
            };
            computed(format!("{} files ({}){members}.", grouped(share.files), bytes(share.bytes)), OF)
        }),
        Fact::ShareClasses => {
            share.map_or(Err(NONE), |share| lines(counts(&share.classes, "items"), OF, "the classes"))
        }
        Fact::ShareKinds => share.map_or(Err(NONE), |share| {
            lines(counts(&share.kinds, "items"), OF, "no personal data were found in these files")
        }),
        _ => return None,
    })
}
