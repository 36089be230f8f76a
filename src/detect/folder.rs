//! What the folders on an item's path say: whose folder it is, and which clinic's.

use super::fold::fold;
use super::keyring::Keyring;
use crate::model::{Kind, Locator, Token};
use crate::rules::{RuleError, RuleFiles};

/// The rule file with the words for folders.
const FILE: &str = "folders.toml";

/// Words that name folders of persons and of controllers, folded.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folders {
    subject: Vec<String>,
    controller: Vec<String>,
}

impl Folders {
    /// Reads the words.
    ///
    /// # Errors
    /// If the rule file does not fit.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        files.toml(FILE)
    }

    /// The words for folders of persons, folded.
    pub(super) fn subjects(&self) -> &[String] {
        &self.subject
    }

    /// The token of the person whose folder an item lies in: a folder below or named with such a word.
    ///
    /// A name with a digit is taken for a patient number and joins with one on paper; any other for a name.
    pub fn subject(&self, locator: &Locator, keyring: &Keyring) -> Option<Token> {
        let id = named(locator, &self.subject)?;
        let normal = id.to_uppercase().replace(|c: char| !c.is_alphanumeric(), "");
        let kind = if id.bytes().any(|byte| byte.is_ascii_digit()) { Kind::PatientId } else { Kind::PersonName };
        let normal = if kind == Kind::PersonName { sorted(&id) } else { normal };
        (!normal.is_empty()).then(|| keyring.token(kind, &normal))
    }

    /// The token of the controller that the path names.
    pub fn controller(&self, locator: &Locator, keyring: &Keyring) -> Option<Token> {
        let id = fold(&named(locator, &self.controller)?);
        (!id.is_empty()).then(|| keyring.token(Kind::Organisation, &id))
    }
}

/// Folded words in order of letters, so that `dupont_anne` and `Anne Dupont` are one.
fn sorted(name: &str) -> String {
    let mut words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| !word.is_empty()).collect();
    words.sort();
    words.join(" ")
}

/// The innermost folder named by a word: what follows the word in the folder's own name (`patient-0231`), or the
/// folder below it (`patients/0231`).
fn named(locator: &Locator, words: &[String]) -> Option<String> {
    let path = String::from_utf8_lossy(&locator.key).into_owned();
    let mut folders: Vec<&str> = path.split('/').collect();
    if locator.members.is_empty() {
        folders.pop();
    }
    let is_word = |text: &str| words.contains(&fold(text));
    (0..folders.len()).rev().find_map(|index| {
        let folder = folders.get(index)?;
        let (word, rest) = split_word(folder);
        if is_word(word) && rest.chars().any(char::is_alphanumeric) {
            return Some(rest.to_owned());
        }
        let parent = index.checked_sub(1).and_then(|above| folders.get(above))?;
        (is_word(parent) && folder.chars().any(char::is_alphanumeric)).then(|| (*folder).to_owned())
    })
}

/// The leading letters of a folder's name, and what follows them.
fn split_word(folder: &str) -> (&str, &str) {
    let end = folder.find(|c: char| !c.is_alphabetic()).unwrap_or(folder.len());
    folder.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> Folders {
        Folders::new(&RuleFiles::embedded()).expect("the embedded rules fit")
    }

    fn ring() -> Keyring {
        Keyring::new([1; 32], None)
    }

    #[test]
    fn a_patient_folder_joins_with_the_number_on_paper() {
        let found = folders().subject(&Locator::new(0, "clinic-7/patients/p-0231/photo 1.jpg"), &ring());
        assert_eq!(found, Some(ring().token(Kind::PatientId, "P0231")));
        assert_eq!(folders().subject(&Locator::new(0, "patients/list.csv"), &ring()), None);
        assert_eq!(
            folders().subject(&Locator::new(0, "Patient_0231/a.jpg"), &ring()),
            Some(ring().token(Kind::PatientId, "0231"))
        );
    }

    #[test]
    fn a_clinic_folder_names_the_controller() {
        let found = |key: &str| folders().controller(&Locator::new(0, key), &ring());
        assert_eq!(found("clinic-7/patients/1/a.jpg"), found("clinics/7/b.pdf"));
        assert!(found("clinic-7/a.jpg").is_some());
        assert_eq!(found("a/b.jpg"), None);
    }
}
