//! The language of a text and the country whose paperwork it is, by vote.
//!
//! Words vote for languages and countries; calling prefixes, IBANs and domains vote for countries; a language votes
//! weakly for the country that speaks it first. A bounded sample votes, so that the cost does not grow with the text.

use super::context::{head, tail};
use super::view::Sheet;
use crate::rules::classes::ClassRules;
use crate::rules::labels::Labels;
use crate::rules::words::word_hash;
use crate::rules::{RuleError, RuleFiles};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

const LANGUAGES: &str = "languages.toml";
const REGIONS: &str = "regions.toml";
/// Bytes of one text that vote: from its start and from its end, where paperwork names itself.
const SAMPLE: usize = 6 << 10;
/// Bytes of all texts of an item that vote.
const ALL: usize = 48 << 10;
/// Longest word that votes, in bytes.
const WORD: usize = 32;
/// Hits below which a language is not believed.
const FEWEST: u32 = 2;

/// Weights of what speaks for a country, against one of its words at 2.
mod weight {
    /// A number with the country's calling prefix.
    pub(super) const PREFIX: u32 = 6;
    /// An IBAN.
    pub(super) const IBAN: u32 = 6;
    /// A top-level domain.
    pub(super) const DOMAIN: u32 = 4;
    /// A word of its paperwork.
    pub(super) const WORD: u32 = 2;
    /// The language, for the country that speaks it first; half for others.
    pub(super) const LANGUAGE: u32 = 4;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    prefix: String,
    languages: Vec<String>,
    /// Of the countries that speak its first language, the one to think of where nothing but the language speaks.
    #[serde(default)]
    is_home: bool,
    words: Vec<String>,
}

/// What a word votes for.
#[derive(Debug, Default)]
struct Ballot {
    languages: Vec<u16>,
    countries: Vec<u16>,
}

/// What votes: words of each language and of each country.
#[derive(Debug)]
pub struct Voter {
    languages: Vec<String>,
    countries: Vec<String>,
    words: HashMap<Box<str>, Ballot, BuildHasherDefault<Mixed>>,
    /// A bit for the hash of each word of ASCII letters: most words of a text vote for nothing.
    likely: Vec<u64>,
    prefixes: BTreeMap<String, u16>,
    speakers: Vec<Vec<u16>>,
    homes: Vec<bool>,
}

/// Shortest word of a label or title that votes, in letters; of the shorter ones many languages have the same.
const PAPER_WORD: usize = 4;
/// Languages that may share such a word.
const SHARED: usize = 2;

/// Words of labels and of the cues of documents, with the languages that have them: paperwork holds few of the words
/// that prose is made of, and an invoice may hold none.
fn paper_words(files: &RuleFiles) -> Result<BTreeMap<String, BTreeSet<String>>, RuleError> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |language: &str, text: &str| {
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(PAPER_WORD - 1).is_some());
        for word in words {
            found.entry(word.to_lowercase()).or_default().insert(language.to_owned());
        }
    };
    for (language, label) in Labels::by_language(files)? {
        add(&language, &label);
    }
    for (language, terms) in
        ClassRules::load(files)?.classes.iter().flat_map(|class| &class.cues).flat_map(|cue| &cue.terms)
    {
        for term in terms {
            add(language, term);
        }
    }
    Ok(found)
}

/// Votes so far.
struct Count {
    languages: Vec<u32>,
    countries: Vec<u32>,
}

impl Voter {
    /// Reads the words from the rules.
    ///
    /// # Errors
    /// If a rule file does not fit, or a country names a language that is not listed.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let words: BTreeMap<String, Vec<String>> = files.toml(LANGUAGES)?;
        let countries: toml::Table = files.toml(REGIONS)?;
        let mut voter = Self {
            languages: words.keys().cloned().collect(),
            countries: Vec::new(),
            words: HashMap::default(),
            likely: vec![0; LIKELY / 64],
            prefixes: BTreeMap::new(),
            speakers: Vec::new(),
            homes: Vec::new(),
        };
        for (number, list) in (0_u16..).zip(words.values()) {
            // A letter alone is an initial, a unit or part of a name as often as it is a word.
            for word in list.iter().filter(|word| word.chars().nth(1).is_some()) {
                voter.words.entry(word.as_str().into()).or_default().languages.push(number);
            }
        }
        for (word, languages) in paper_words(files)? {
            let numbers = languages.iter().filter_map(|language| voter.languages.binary_search(language).ok());
            let numbers: Vec<u16> = numbers.map(|number| number as u16).collect();
            if numbers.len() <= SHARED {
                voter.words.entry(word.into()).or_insert(Ballot { languages: numbers, countries: Vec::new() });
            }
        }
        for (code, table) in countries {
            let country = table
                .try_into()
                .map_err(|error: toml::de::Error| RuleError::new(REGIONS, format!("[{code}]: {}", error.message())))?;
            voter.add(code, country)?;
        }
        let mut known: Vec<&Box<str>> = voter.words.keys().collect();
        known.sort_unstable();
        for (block, bit) in known.into_iter().map(|word| likely_bit(word)) {
            if let Some(block) = voter.likely.get_mut(block) {
                *block |= bit;
            }
        }
        Ok(voter)
    }

    fn add(&mut self, code: String, country: Country) -> Result<(), RuleError> {
        let number = self.countries.len() as u16;
        for word in country.words {
            self.words.entry(word.into()).or_default().countries.push(number);
        }
        // The first country of the file keeps a shared prefix: +1 is the United States unless a word says Canada.
        let holds_prefix = country.prefix != "1" || code == "US";
        if holds_prefix {
            self.prefixes.entry(country.prefix).or_insert(number);
        }
        let numbers =
            country.languages.iter().map(|language| self.languages.binary_search(language).map(|number| number as u16));
        let numbers: Result<Vec<u16>, usize> = numbers.collect();
        self.speakers
            .push(numbers.map_err(|_| {
                RuleError::new(REGIONS, format!("[{code}]: a language that {LANGUAGES} does not list"))
            })?);
        self.countries.push(code);
        self.homes.push(country.is_home);
        Ok(())
    }

    /// Language and region of an item's texts; `None` where the evidence is thin.
    pub fn vote(&self, sheets: &[Sheet<'_>]) -> (Option<String>, Option<String>) {
        let mut count = Count { languages: vec![0; self.languages.len()], countries: vec![0; self.countries.len()] };
        let mut left = ALL;
        for sheet in sheets {
            if left == 0 {
                break;
            }
            let first = head(sheet.text, SAMPLE.min(left));
            self.count(first, &mut count);
            let rest = sheet.text.get(first.len()..).unwrap_or_default();
            let last = tail(rest, SAMPLE.min(left));
            self.count(last, &mut count);
            left = left.saturating_sub(first.len() + last.len());
        }
        self.decide(count)
    }

    fn decide(&self, mut count: Count) -> (Option<String>, Option<String>) {
        let language = best(&count.languages, FEWEST);
        if let Some(language) = language {
            for (country, spoken) in count.countries.iter_mut().zip(&self.speakers) {
                match spoken.iter().position(|spoken| usize::from(*spoken) == language) {
                    Some(0) => *country += weight::LANGUAGE,
                    Some(_) => *country += weight::LANGUAGE / 2,
                    None => {}
                }
            }
        }
        let named = |number: Option<usize>, names: &[String]| number.and_then(|number| names.get(number)).cloned();
        (named(language, &self.languages), named(self.country(&count.countries), &self.countries))
    }

    /// The country with most votes; of several, the one that is home to the language. English has no home.
    fn country(&self, counts: &[u32]) -> Option<usize> {
        let highest = counts.iter().copied().max().filter(|highest| *highest > 0)?;
        let mut leading = (0..counts.len()).filter(|number| counts.get(*number) == Some(&highest));
        let first = leading.next()?;
        match leading.next() {
            None => Some(first),
            Some(_) => (first..counts.len())
                .find(|number| counts.get(*number) == Some(&highest) && self.homes.get(*number) == Some(&true)),
        }
    }

    fn count(&self, text: &str, count: &mut Count) {
        let mut lower = [0; WORD];
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            // Digits, blanks and most signs vote for nothing.
            if byte.is_ascii() && !byte.is_ascii_alphabetic() && !matches!(byte, b'+' | b'.') {
                at += 1;
                continue;
            }
            let letters = letters(bytes, at);
            let is_ascii = bytes.get(letters).is_none_or(u8::is_ascii);
            let end = if is_ascii { letters } else { word_end(text, at) };
            if end == at {
                at = self.sign(text, at, count);
                continue;
            }
            let word = text.get(at..end).unwrap_or_default();
            if word.len() == 2 {
                self.iban(word, bytes.get(end..).unwrap_or_default(), count);
            }
            if !is_ascii {
                self.script(word, count);
            }
            if (!is_ascii || self.is_likely(word))
                && let Some(word) = lower_case(word, &mut lower)
            {
                self.word(word, count);
            }
            at = end;
        }
    }

    /// Whether a word of ASCII letters may vote, whatever its case.
    fn is_likely(&self, word: &str) -> bool {
        let (block, bit) = likely_bit(word);
        self.likely.get(block).is_some_and(|block| block & bit != 0)
    }

    fn word(&self, word: &str, count: &mut Count) {
        let Some(ballot) = self.words.get(word) else { return };
        // A word that many languages share says less.
        let share = if ballot.languages.len() > 2 { 1 } else { 2 };
        for language in &ballot.languages {
            if let Some(votes) = count.languages.get_mut(usize::from(*language)) {
                *votes += share;
            }
        }
        for country in &ballot.countries {
            add_votes(*country, weight::WORD, count);
        }
    }

    /// One vote for the language that a script speaks for most.
    fn script(&self, word: &str, count: &mut Count) {
        let language = match word.chars().next() {
            Some('\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}') => "el",
            Some('\u{400}'..='\u{4ff}') => "ru",
            Some('\u{590}'..='\u{5ff}') => "he",
            Some('\u{600}'..='\u{6ff}') => "ar",
            Some('\u{e00}'..='\u{e7f}') => "th",
            Some('\u{3040}'..='\u{30ff}') => "ja",
            Some('\u{4e00}'..='\u{9fff}') => "zh",
            Some('\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}') => "ko",
            _ => return,
        };
        let number = self.languages.binary_search_by(|known| known.as_str().cmp(language));
        if let Some(votes) = number.ok().and_then(|number| count.languages.get_mut(number)) {
            *votes += 1;
        }
    }

    /// Two capitals and two digits with more to come: the head of an IBAN.
    fn iban(&self, word: &str, rest: &[u8], count: &mut Count) {
        let digits = rest.iter().take(2).filter(|byte| byte.is_ascii_digit()).count();
        let goes_on =
            rest.iter().skip(2).filter(|byte| **byte != b' ').take(8).filter(|byte| byte.is_ascii_digit()).count() >= 4;
        let is_head = word.len() == 2 && digits == 2 && goes_on && word.bytes().all(|byte| byte.is_ascii_uppercase());
        if let Some(country) = self.countries.iter().position(|known| is_head && known == word) {
            add_votes(country as u16, weight::IBAN, count);
        }
    }

    /// Votes of what begins with a sign or a digit; the place after what was looked at.
    fn sign(&self, text: &str, at: usize, count: &mut Count) -> usize {
        match text.as_bytes().get(at) {
            Some(b'+') => self.prefix(text.get(at..).unwrap_or_default(), count),
            Some(b'.') => self.domain(text, at, count),
            Some(128..) => return at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
            _ => {}
        }
        at + 1
    }

    /// `+33 ...`: the longest prefix that a country has.
    fn prefix(&self, rest: &str, count: &mut Count) {
        let digits: String = head(rest, 8).chars().skip(1).take_while(char::is_ascii_digit).take(3).collect();
        let found = (1..=digits.len()).rev().find_map(|length| self.prefixes.get(digits.get(..length)?));
        if let Some(country) = found {
            add_votes(*country, weight::PREFIX, count);
        }
    }

    /// `.fr` at the end of a name; `.fr76...` is none.
    fn domain(&self, text: &str, at: usize, count: &mut Count) {
        let bytes = text.as_bytes();
        let is = |offset: usize, test: fn(&u8) -> bool| bytes.get(at + offset).is_some_and(test);
        let is_name = at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric);
        if is_name
            && is(1, u8::is_ascii_lowercase)
            && is(2, u8::is_ascii_lowercase)
            && !is(3, u8::is_ascii_alphanumeric)
        {
            let code = text.get(at + 1..at + 3).unwrap_or_default().to_ascii_uppercase();
            let code = if code == "UK" { "GB" } else { &code };
            if let Some(country) = self.countries.iter().position(|known| known == code) {
                add_votes(country as u16, weight::DOMAIN, count);
            }
        }
    }
}

/// Bits of the filter of words.
const LIKELY: usize = 1 << 17;

/// The block and bit of the filter that stand for a word of ASCII letters; case does not matter.
fn likely_bit(word: &str) -> (usize, u64) {
    let bit = word_hash(word) as usize >> 7 & (LIKELY - 1);
    (bit / 64, 1 << (bit % 64))
}

/// A hash of short words, eight bytes at a time. The words are those of the rules, so nobody can choose them to collide.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let block = match chunk.first_chunk::<8>() {
                Some(block) => u64::from_le_bytes(*block),
                None => chunk.iter().rev().fold(0, |block, byte| block << 8 | u64::from(*byte)),
            };
            self.0 = (self.0.rotate_left(23) ^ block).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write(&[byte]);
    }
}

/// Where the ASCII letters that begin here end.
fn letters(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

/// Where the word that begins here ends; a country code with two digits of an IBAN is a word of its own.
fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
}

/// The word in lower case without an allocation; `None` if it is too long to vote.
fn lower_case<'b>(word: &str, buffer: &'b mut [u8; WORD]) -> Option<&'b str> {
    if word.is_ascii() {
        let slot = buffer.get_mut(..word.len())?;
        slot.copy_from_slice(word.as_bytes());
        slot.make_ascii_lowercase();
        return std::str::from_utf8(slot).ok();
    }
    let mut length = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        let slot = buffer.get_mut(length..length + c.len_utf8())?;
        length += c.encode_utf8(slot).len();
    }
    std::str::from_utf8(buffer.get(..length)?).ok()
}

/// The place of the highest count, if it is high enough and alone.
fn best(counts: &[u32], fewest: u32) -> Option<usize> {
    let highest = counts.iter().copied().max().filter(|highest| *highest >= fewest)?;
    counts.iter().position(|count| *count == highest)
}

fn add_votes(country: u16, votes: u32, count: &mut Count) {
    if let Some(sum) = count.countries.get_mut(usize::from(country)) {
        *sum += votes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};

    fn vote(text: &str) -> (String, String) {
        let voter = Voter::new(&RuleFiles::embedded()).expect("the embedded rules fit");
        let origin = Origin::of(Part::Text);
        let (language, region) =
            voter.vote(&[Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text }]);
        (language.unwrap_or_default(), region.unwrap_or_default())
    }

    #[test]
    fn language_and_region_are_told_apart() {
        let told = |text| {
            let (language, region) = vote(text);
            format!("{language} {region}")
        };
        assert_eq!(told("Le patient est venu pour une consultation avec sa mère"), "fr FR");
        assert_eq!(told("Le patient est venu, tel +32 2 000 00 00, bureau@example.be"), "fr BE");
        assert_eq!(told("El paciente fue visto en la consulta de Madrid"), "es ES");
        assert_eq!(told("Paciente con CURP, vive en Monterrey, México y fue visto en la consulta"), "es MX");
        assert_eq!(told("Der Patient wurde von der Praxis in Wien überwiesen und ist nicht hier"), "de AT");
        assert_eq!(told("Пациент был на приеме и не имеет жалоб"), "ru RU");
        assert_eq!(told("The patient was seen by her GP, NHS number below"), "en GB");
        assert_eq!(told("12345"), " ");
        // Paperwork without a sentence is told by its labels, and English alone by no country.
        assert_eq!(
            told("INVOICE\nPatient: Ada Example\nDate of birth: 1/2/1980\nUnit price a 20, s 30, v2\nTotal"),
            "en "
        );
        assert_eq!(told("RECHNUNG\nPatientin: Ada Example\nGeburtsdatum: 1.2.1980\nGesamtbetrag 20"), "de DE");
        assert_eq!(
            told("NOTA 318\nPaciente: Ada Example\nFecha de nacimiento: 1/2/1980\nImporte total a pagar"),
            "es ES"
        );
    }

    #[test]
    fn an_iban_votes_for_its_country() {
        assert_eq!(vote("IBAN DE00 1234 5678").1, "DE");
    }
}
