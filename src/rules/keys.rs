//! What the key of a record or the head of a column says, from the labels of paperwork.

use super::labels::{Label, Labels, Meaning};
use super::words::{Word, read_words};

impl Labels {
    /// What a column head or key says: as a whole, else by its last words (`patient.last_name`), else by its first.
    pub fn of_key(&self, key: &str) -> Option<Meaning> {
        /// Longest head that is looked up, in bytes.
        const LONGEST: usize = 80;
        if key.len() > LONGEST {
            return None;
        }
        self.of_words(&key_words(key)).or_else(|| {
            // Apple's Core Data puts a Z before the name of each column: `ZFIRSTNAME`.
            let bare = key.strip_prefix(['Z', 'z']).filter(|bare| bare.starts_with(char::is_alphabetic))?;
            self.of_words(&key_words(bare))
        })
    }

    fn of_words(&self, words: &[Word]) -> Option<Meaning> {
        let first = self.at_start(words);
        let last = self.at_end(words);
        let is_kind_of_date = |label: &Label| {
            matches!(label.meaning, Meaning::BirthDate | Meaning::TreatmentDate | Meaning::DocumentDate)
        };
        let label = match (last, first.filter(is_kind_of_date)) {
            // `fechaNacimiento.$date`: the first words tell which date.
            (Some(last), Some(first)) if last.meaning == Meaning::OtherDate => first,
            _ => self.whole(words).or(last).or(first)?,
        };
        Some(match (label.meaning, words.len() > label.words) {
            // `file_name`, `user_name`, `product name`: a name, but not a person's, unless the rest of the key says so.
            (Meaning::Person | Meaning::Family | Meaning::Given, true) => self.widened(words, label)?,
            (meaning, _) => meaning,
        })
    }

    /// The meaning of a name whose key has words beside the label: that of a party if they name one.
    fn widened(&self, words: &[Word], label: Label) -> Option<Meaning> {
        let rest = words.get(..words.len().checked_sub(label.words)?)?;
        match self.at_start(rest).or_else(|| self.at_end(rest)).map(|label| label.meaning) {
            Some(Meaning::Subject) => Some(label.meaning),
            Some(party @ (Meaning::Practitioner | Meaning::Contact)) => Some(party),
            Some(Meaning::Organisation) => Some(Meaning::Organisation),
            _ if matches!(label.meaning, Meaning::Family | Meaning::Given) && label.words > 1 => Some(label.meaning),
            _ => None,
        }
    }
}

/// Words of a key, parted at a change of case too: `dateOfBirth`.
pub fn key_words(key: &str) -> Vec<Word> {
    let mut parted = String::with_capacity(key.len() + 4);
    let mut before = ' ';
    for c in key.chars() {
        if c.is_uppercase() && before.is_lowercase() || before.is_ascii_alphabetic() && c.is_ascii_digit() {
            parted.push(' ');
        }
        parted.push(c);
        before = c;
    }
    let mut words = Vec::new();
    read_words(&parted, 0, &mut words);
    words
}

#[cfg(test)]
mod tests {
    use super::{Labels, Meaning};
    use crate::rules::RuleFiles;

    #[test]
    fn keys_are_read_in_snake_and_camel_case() {
        let labels = Labels::new(&RuleFiles::embedded()).expect("embedded rules");
        for (key, meaning) in [
            ("dateOfBirth", Some(Meaning::BirthDate)),
            ("date_naissance", Some(Meaning::BirthDate)),
            ("GebDat", Some(Meaning::BirthDate)),
            ("fecha_nac", Some(Meaning::BirthDate)),
            ("birthTime.value", Some(Meaning::BirthDate)),
            ("fechaNacimiento.$date", Some(Meaning::BirthDate)),
            ("ZFIRSTNAME", Some(Meaning::Given)),
            ("patient.last_name", Some(Meaning::Family)),
            ("resource.name.family", Some(Meaning::Family)),
            ("firstName", Some(Meaning::Given)),
            ("lname", Some(Meaning::Family)),
            ("addr1", Some(Meaning::Address)),
            ("billing_address_1", Some(Meaning::Address)),
            ("resource.telecom.value", Some(Meaning::Phone)),
            ("patient_id", Some(Meaning::PatientNumber)),
            ("file_name", None),
            ("doctor_name", Some(Meaning::Practitioner)),
        ] {
            assert_eq!(labels.of_key(key).filter(|m| *m != Meaning::Other), meaning, "{key}");
        }
    }
}
