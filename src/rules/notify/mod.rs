//! The schemas of `notify/*.toml`: forms of notifications, the letters to people, and the crosswalk to the vocabularies
//! of others.

mod fact;
mod form;
mod letters;
mod template;
mod vocabulary;

pub use fact::Fact;
pub use form::{Field, Form, Mark};
pub use letters::{Headings, LetterPlace, LetterTexts, LetterWords, letters};
pub use template::{Piece, Template};
pub use vocabulary::{Called, LetterData, Vocabulary, Where};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleError, RuleFiles, SeverityRules};

    #[test]
    fn every_form_letter_and_vocabulary_fits() {
        let files = RuleFiles::embedded();
        for name in ["edpb", "cnil", "ico", "hhs", "gdpr33", "gdpr34", "processor"] {
            assert_eq!(Form::load(&files, name).expect("fits").id, name);
        }
        Vocabulary::load(&files).expect("fits");
        let words = letters(&files, &SeverityRules::load(&files).expect("fits")).expect("fit");
        assert_eq!(words.iter().map(|words| words.language.as_str()).collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
    }

    #[test]
    fn a_fact_that_does_not_exist_is_refused_with_its_line() {
        let head = "version = 1\nid = \"x\"\ntitle = \"\"\nedition = \"\"\nnote = \"\"\n";
        let field = "[[field]]\nid = \"1\"\ntitle = \"t\"\nsource = \"s\"\n";
        for wrong in ["fill = \"persons.all\"", "text = \"about {persons.all} people\"", "text = \"{persons.best\""] {
            let message = RuleError::parse::<Form>("notify/x.toml", format!("{head}{field}{wrong}\n").as_bytes())
                .expect_err("no such fact")
                .to_string();
            assert!(message.starts_with("notify/x.toml:10: "), "{message}");
        }
    }
}
