//! Masks: the shape of a value for a reader, with fewer than one in five of its characters.
//!
//! Where a usual mask would show more (bank practice shows a card's last four digits, which is a quarter of it), it is
//! cut down: the rule comes before the custom.

use crate::model::{Hints, Kind};

/// The mask of a value as it stands in the text. Fewer than a fifth of its letters and digits are shown, and never all.
pub fn mask(kind: Kind, scheme: &str, value: &str, hints: &Hints) -> String {
    let letters: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let shape = shape(kind, scheme, value, &letters, hints);
    let clear: String = letters.iter().collect();
    let shown: String = shape.chars().filter(|c| c.is_alphanumeric()).collect();
    let tells = !clear.is_empty() && shown.to_lowercase().contains(&clear.to_lowercase());
    if tells { "***".to_owned() } else { shape }
}

fn shape(kind: Kind, scheme: &str, value: &str, letters: &[char], hints: &Hints) -> String {
    let allowed = letters.len().saturating_sub(1) / 5;
    let country = hints.country.as_deref().unwrap_or_default();
    match kind {
        Kind::PersonName => name(value, allowed),
        Kind::Email => email(value, allowed),
        Kind::Phone => join(country, &format!("** ** {}", tail(letters, allowed.min(2)))),
        Kind::Iban => {
            let shown = if allowed > 2 { country } else { "" };
            format!("{shown}** ... {}", tail(letters, allowed.saturating_sub(2).min(4)))
        }
        Kind::PaymentCard => {
            let brand = hints.tag.as_deref().unwrap_or("card").to_uppercase();
            format!("{brand} ... {}", tail(letters, allowed.min(4)))
        }
        Kind::PostalAddress => {
            let department: String = postcode(value).chars().take(allowed.min(2)).collect();
            join(&format!("{department}***"), country)
        }
        Kind::DateOfBirth | Kind::Date => "****-**-**".to_owned(),
        Kind::Age => "** years".to_owned(),
        Kind::Postcode => join("*****", country),
        Kind::Secret => hints.tag.clone().map_or_else(|| "[credential]".to_owned(), |tag| format!("[{tag}]")),
        Kind::Health => hints.tag.clone().map_or_else(|| "[health term]".to_owned(), |tag| format!("[{tag}]")),
        Kind::Gps => match &hints.tag {
            Some(city) => format!("[near {}]", [city, country].join(", ")),
            None => "[position]".to_owned(),
        },
        Kind::Url
        | Kind::Location
        | Kind::Organisation
        | Kind::Profession
        | Kind::Title
        | Kind::Gender
        | Kind::Nationality => stars(value),
        _ => {
            let title = scheme.rsplit('.').next().unwrap_or(scheme).replace('_', " ").to_uppercase();
            format!("{title} [{} characters]", letters.len())
        }
    }
}

/// Both halves with a blank between, or the one that is there.
fn join(left: &str, right: &str) -> String {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => right.to_owned(),
        (_, true) => left.to_owned(),
        _ => format!("{left} {right}"),
    }
}

/// The last letters or digits.
fn tail(letters: &[char], count: usize) -> String {
    letters.iter().skip(letters.len().saturating_sub(count)).collect()
}

/// `M*** D*****`: the length of a part is told in classes of four, because an exact length narrows a rare name.
fn name(value: &str, allowed: usize) -> String {
    let mut left = allowed;
    let words = value.split_whitespace().map(|word| {
        let mut letters = word.chars().filter(|c| c.is_alphanumeric());
        let first = letters.next().filter(|_| left > 0);
        left = left.saturating_sub(1);
        let stars = if word.chars().count() > 4 { "*****" } else { "***" };
        format!("{}{stars}", first.map(String::from).unwrap_or_default())
    });
    words.take(6).collect::<Vec<_>>().join(" ")
}

/// `m***@***.fr`.
fn email(value: &str, allowed: usize) -> String {
    let mut left = allowed;
    let (local, domain) = value.rsplit_once('@').unwrap_or((value, ""));
    let tld = domain.rsplit_once('.').map_or("", |(_, tld)| tld);
    let tld = if tld.chars().count() <= left { tld } else { "***" };
    left = left.saturating_sub(tld.chars().filter(|c| c.is_alphanumeric()).count());
    let first: String = local.chars().take(1).filter(|c| left > 0 && c.is_alphanumeric()).collect();
    format!("{first}***@***.{tld}")
}

/// The first run of four or more digits.
fn postcode(value: &str) -> &str {
    value.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() >= 4).unwrap_or_default()
}

/// Words as stars, in classes of length.
fn stars(value: &str) -> String {
    value
        .split_whitespace()
        .map(|word| if word.chars().count() > 4 { "*****" } else { "***" })
        .take(6)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hints(country: &str) -> Hints {
        Hints { country: Some(country.to_owned()), ..Hints::default() }
    }

    #[test]
    fn masks_read_as_expected() {
        let none = Hints::default();
        assert_eq!(mask(Kind::PersonName, "name", "Maximilienne Duponteille", &none), "M***** D*****");
        assert_eq!(mask(Kind::Email, "email", "maximilienne@example.fr", &none), "m***@***.fr");
        assert_eq!(mask(Kind::Phone, "phone", "+33 1 99 00 12 42", &hints("FR")), "FR ** ** 42");
        assert_eq!(mask(Kind::Iban, "iban", "FR14 2004 1010 0505 0001 3M02 606", &hints("FR")), "FR** ... 606");
        assert_eq!(mask(Kind::PostalAddress, "address", "12 rue de la Paix, 69003 Lyon", &hints("FR")), "69*** FR");
        let near = Hints { tag: Some("Lyon".to_owned()), ..hints("FR") };
        assert_eq!(mask(Kind::Gps, "gps", "45.76001,4.83002", &near), "[near Lyon, FR]");
        assert_eq!(mask(Kind::Gps, "gps", "45.76001,4.83002", &none), "[position]");
        assert_eq!(mask(Kind::SocialSecurity, "fr.nir", "255081416802538", &none), "NIR [15 characters]");
    }

    proptest! {
        #[test]
        fn a_mask_shows_less_than_a_fifth(
            value in "[A-Z0-9]{6,40}|[a-z]{2,12} [A-Z]{2,12}|[a-z]{1,12}@[a-z]{1,12}\\.[a-z]{2,6}|\\PC{1,30}",
            index in 0..Kind::ALL.len(),
        ) {
            let kind = Kind::ALL[index];
            let shown = mask(kind, "scheme", &value, &Hints::default());
            let clear: String = value.chars().filter(|c| c.is_alphanumeric()).collect();
            prop_assert!(clear.is_empty() || !shown.contains(&clear));
            // Letters of the mask's own words are in lower case or fixed; a tail or first letter comes from the value.
            if matches!(kind, Kind::PersonName | Kind::Email | Kind::Phone | Kind::Iban) {
                let count = shown.chars().filter(|c| c.is_alphanumeric()).count();
                prop_assert!(count * 5 < clear.chars().count().max(1), "{shown}");
            }
        }
    }
}
