//! Which of the installed languages a page is read with.

/// Tesseract's languages by ISO 639-1 code, in the order in which they are taken where nothing speaks for one. Its names
/// are ISO 639-3 codes, as are those of the language that a reading tells.
const LANGUAGES: [(&str, &str); 20] = [
    ("en", "eng"),
    ("fr", "fra"),
    ("de", "deu"),
    ("es", "spa"),
    ("it", "ita"),
    ("pt", "por"),
    ("nl", "nld"),
    ("pl", "pol"),
    ("el", "ell"),
    ("ru", "rus"),
    ("ar", "ara"),
    ("sv", "swe"),
    ("da", "dan"),
    ("ro", "ron"),
    ("cs", "ces"),
    ("tr", "tur"),
    ("hu", "hun"),
    ("uk", "ukr"),
    ("he", "heb"),
    ("bg", "bul"),
];
/// Languages by the script that Tesseract's orientation detection names.
const SCRIPTS: [(&str, &[&str]); 4] =
    [("Cyrillic", &["rus", "ukr", "bul"]), ("Greek", &["ell"]), ("Arabic", &["ara"]), ("Hebrew", &["heb"])];
/// Languages of one run; each adds about half of the time of the first.
const AT_ONCE: usize = 3;

/// Languages that are installed and chosen, most likely first, as Tesseract names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice(Vec<String>);

impl Choice {
    /// By ISO 639-1 codes, most likely first; the most usual ones where none of them is installed.
    pub(super) fn of(codes: &[String], installed: &[String]) -> Self {
        let is_installed = |name: &&str| installed.iter().any(|known| known == name);
        let by_code = |code: &String| LANGUAGES.iter().find(|(known, _)| known == code).map(|(_, name)| *name);
        let mut chosen: Vec<&str> = codes.iter().filter_map(by_code).filter(is_installed).take(AT_ONCE).collect();
        if chosen.is_empty() {
            chosen = LANGUAGES.iter().map(|(_, name)| *name).filter(is_installed).take(AT_ONCE).collect();
        }
        if chosen.is_empty() {
            chosen = installed.iter().map(String::as_str).filter(|name| *name != "osd").take(1).collect();
        }
        Self(chosen.into_iter().map(str::to_owned).collect())
    }

    /// Tesseract's names.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    /// A better choice once a reading told its language: that one first, English beside it for its loan words. `None`
    /// where it is not installed.
    pub(super) fn told(language: &str, installed: &[String]) -> Option<Self> {
        let has = |name: &str| installed.iter().any(|known| known == name);
        let beside = (language != "eng" && has("eng")).then_some("eng");
        has(language).then(|| Self(std::iter::once(language).chain(beside).map(str::to_owned).collect()))
    }

    /// The installed languages of a script.
    pub(super) fn of_script(script: &str, installed: &[String]) -> Option<Self> {
        let (_, names) = SCRIPTS.iter().find(|(known, _)| *known == script)?;
        let has = |name: &&&str| installed.iter().any(|known| known == *name);
        let chosen: Vec<String> = names.iter().filter(has).take(AT_ONCE).map(|name| (*name).to_owned()).collect();
        (!chosen.is_empty()).then_some(Self(chosen))
    }

    /// Whether a page was read with this language already.
    pub(super) fn has(&self, language: &str) -> bool {
        self.0.iter().any(|name| name == language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn asked_languages_come_first_and_missing_ones_fall_back_to_the_usual() {
        let installed = names(&["deu", "eng", "fra", "osd", "spa"]);
        assert_eq!(Choice::of(&names(&["es"]), &installed).names(), ["spa"]);
        assert_eq!(Choice::of(&names(&["pl"]), &installed).names(), ["eng", "fra", "deu"]);
        assert_eq!(Choice::of(&[], &names(&["osd", "vie"])).names(), ["vie"]);
    }

    #[test]
    fn a_told_language_is_taken_if_it_is_installed() {
        let installed = names(&["eng", "osd", "spa"]);
        assert_eq!(Choice::told("spa", &installed).map(|choice| choice.names().join("+")).as_deref(), Some("spa+eng"));
        assert_eq!(Choice::told("por", &installed), None);
        assert_eq!(Choice::of_script("Cyrillic", &installed), None);
    }
}
