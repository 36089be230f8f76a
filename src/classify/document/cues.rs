//! Cues of words: one automaton over the terms of every class in every language, and what each match is worth.

use super::amounts;
use super::folded::fold;
use crate::rules::classes::{ClassRules, Zone};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

/// Characters from the start that belong to the head: letterhead, address window and title.
const HEAD: usize = 1_200;
/// Characters from the end that belong to the tail.
const TAIL: usize = 900;
/// Languages that glue nouns, so that a term may be part of a longer word.
const COMPOUNDING: [&str; 3] = ["de", "nl", "sv"];
/// Letters that must be glued before a term for the word to be a compound: `Berechnung` is none of `Rechnung`.
const GLUED: usize = 4;
/// Longest column, in characters, that can be a title.
const TITLE_CHARS: usize = 70;
/// Letters and digits that may stand before a title within its column: `Proposed care plan`.
const BESIDE_TITLE: usize = 14;
/// Most words of a column that is a title and nothing else: `Invoice no. 2019-42`.
const BARE_TITLE: usize = 3;
/// Words without a digit from which a column that ends in a full stop is a sentence.
const SENTENCE: usize = 5;
/// Prepositions after which the party stands: `Invoice to:` labels an address on any paper.
const ADDRESSING: [&str; 10] = ["to", "a", "an", "aan", "para", "dla", "till", "προσ", "кому", "الى"];
/// Possessives, which begin a mention in a sentence but also a heading: `Your invoice`.
const POSSESSIVE: [&str; 15] = [
    "your", "our", "votre", "notre", "ihre", "ihr", "unsere", "su", "nuestra", "vostra", "nostra", "sua", "uw", "onze",
    "ваш",
];
/// Articles and demonstratives, which begin a mention of another paper: titles have none.
const ARTICLES: [&str; 44] = [
    "la",
    "le",
    "les",
    "une",
    "cette",
    "ce",
    "the",
    "this",
    "an",
    "el",
    "una",
    "esta",
    "este",
    "die",
    "der",
    "das",
    "eine",
    "ein",
    "diese",
    "dieser",
    "il",
    "lo",
    "questa",
    "questo",
    "uma",
    "este",
    "het",
    "een",
    "deze",
    "dit",
    "ta",
    "ten",
    "den",
    "denna",
    "η",
    "το",
    "αυτη",
    "αυτο",
    "этот",
    "эта",
    "данный",
    "данная",
    "هذه",
    "هذا",
];
/// Words that begin a mention of another paper rather than a title.
const REFERRING: [&str; 39] = [
    "selon",
    "suite",
    "d'apres",
    "conformement",
    "voir",
    "ref",
    "reference",
    "per",
    "as",
    "see",
    "according",
    "from",
    "nach",
    "gemass",
    "laut",
    "zu",
    "zum",
    "zur",
    "siehe",
    "segun",
    "de",
    "conforme",
    "ver",
    "secondo",
    "come",
    "vedi",
    "volgens",
    "zie",
    "wedlug",
    "zgodnie",
    "enligt",
    "согласно",
    "по",
    "см",
    "συμφωνα",
    "βασει",
    "حسب",
    "وفقا",
    "based",
];

/// A term of a cue.
#[derive(Debug, Clone, Copy)]
struct Term {
    class: usize,
    cue: usize,
    language: [u8; 2],
    is_title: bool,
}

/// One match of a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// Index of the class.
    pub(super) class: usize,
    /// Index of the cue in it.
    pub(super) cue: usize,
    /// ISO 639-1.
    pub(super) language: [u8; 2],
    /// Byte offset of the term.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// It begins a line or column that is short enough for a title or a label.
    pub(super) leads: bool,
    /// It is part of a sentence or of a reference to another paper.
    pub(super) is_cited: bool,
}

/// The automaton over all cues.
#[derive(Debug)]
pub(super) struct Cues {
    automaton: AhoCorasick,
    /// Terms of each pattern; one word can be a cue of several classes.
    terms: Vec<Vec<Term>>,
    zones: Vec<Vec<Zone>>,
}

impl Cues {
    /// Compiles the cues of all classes.
    ///
    /// # Errors
    /// If the terms are too many for one automaton.
    pub(super) fn new(rules: &ClassRules) -> Result<Self, aho_corasick::BuildError> {
        let mut by_word = std::collections::BTreeMap::<String, Vec<Term>>::new();
        for (class, rule) in rules.classes.iter().enumerate() {
            for (cue, group) in rule.cues.iter().enumerate() {
                for (language, terms) in &group.terms {
                    let language = language.as_bytes().first_chunk().copied().unwrap_or(*b"??");
                    for term in terms {
                        let is_title = matches!(group.group.as_str(), "title" | "not_this");
                        by_word.entry(fold(term)).or_default().push(Term { class, cue, language, is_title });
                    }
                }
            }
        }
        by_word.remove("");
        let automaton = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(by_word.keys())?;
        let zones = rules.classes.iter().map(|rule| rule.cues.iter().map(|cue| cue.zone).collect()).collect();
        Ok(Self { automaton, terms: by_word.into_values().collect(), zones })
    }

    /// Every match in folded text that stands in its zone and at word boundaries, in order of position.
    pub(super) fn matches(&self, text: &str) -> Vec<Match> {
        let head = text.char_indices().nth(HEAD).map_or(text.len(), |(at, _)| at);
        let tail = text.char_indices().rev().nth(TAIL).map_or(0, |(at, _)| at);
        let sums = amounts::first_line(text).unwrap_or(text.len());
        let mut all = Vec::new();
        for found in self.automaton.find_overlapping_iter(text) {
            let (start, end) = (found.start(), found.end());
            // Most matches lie within longer words, where only languages that glue nouns have terms.
            let terms = self.terms.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice);
            if is_within_word(text, start, end) && !terms.iter().any(|term| is_compounding(term.language)) {
                continue;
            }
            let edges = Edges::of(text, start, end, sums);
            for term in terms {
                let zone = self.zones.get(term.class).and_then(|zones| zones.get(term.cue));
                let in_zone = match zone {
                    Some(Zone::Head) => start < head,
                    Some(Zone::Tail) => start >= tail,
                    Some(Zone::Any) => true,
                    None => false,
                };
                if in_zone && edges.allow(term.language, term.is_title) {
                    let Term { class, cue, language, .. } = *term;
                    let (leads, is_cited) = (edges.leads, edges.is_cited);
                    all.push(Match { class, cue, language, start, end, leads, is_cited });
                }
            }
        }
        all.sort_by_key(|found| (found.start, found.end, found.class, found.cue, found.language));
        all
    }
}

/// What stands around a match.
struct Edges {
    before: usize,
    touches_after: bool,
    leads: bool,
    is_cited: bool,
}

impl Edges {
    /// `sums` is where the first line with an amount begins: titles stand before it, or alone.
    fn of(text: &str, start: usize, end: usize, sums: usize) -> Self {
        let left = text.get(..start).unwrap_or_default();
        let right = text.get(end..).unwrap_or_default();
        let before = left.chars().rev().take_while(|c| c.is_alphanumeric()).count();
        // `hello@clinic.example` greets nobody.
        let touches_after = right.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '@')
            && text.get(start..end).and_then(|term| term.chars().next_back()).is_some_and(char::is_alphanumeric);
        let column_start = left.rfind(['\n', '\t']).map_or(0, |at| at + 1);
        let lead = left.get(column_start..).unwrap_or_default();
        let column = text.get(column_start..).and_then(|rest| rest.split(['\n', '\t']).next()).unwrap_or_default();
        let rest = right.split(['\n', '\t']).next().unwrap_or_default();
        // A title may carry glued letters or a word before the term; punctuation and a "no." do no harm.
        let beside = lead.chars().filter(|c| c.is_alphanumeric()).count().saturating_sub(before);
        let is_bare = column.split(' ').filter(|word| word.chars().any(char::is_alphanumeric)).count() <= BARE_TITLE;
        let is_cited = is_sentence(column) || refers(lead, is_bare);
        let leads = beside <= BESIDE_TITLE
            && !is_cited
            && !is_addressing(rest)
            && (start < sums || is_bare)
            && column.chars().count() <= TITLE_CHARS;
        Self { before, touches_after, leads, is_cited }
    }

    fn allow(&self, language: [u8; 2], is_title: bool) -> bool {
        let compounds = is_compounding(language);
        let left = self.before == 0 || (compounds && self.before >= GLUED);
        // `Rechnungsanschrift` is no title of an invoice.
        left && (!self.touches_after || (compounds && !is_title))
    }
}

/// Whether a language glues nouns, so that a term may stand within a longer word.
fn is_compounding(language: [u8; 2]) -> bool {
    COMPOUNDING.iter().any(|code| code.as_bytes() == language)
}

/// Whether a letter or digit stands directly before or after a match.
fn is_within_word(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|left| left.chars().next_back());
    let after = text.get(end..).and_then(|right| right.chars().next());
    let ends_in_letter = text.get(start..end).and_then(|term| term.chars().next_back());
    before.is_some_and(char::is_alphanumeric)
        || after.is_some_and(char::is_alphanumeric) && ends_in_letter.is_some_and(char::is_alphanumeric)
}

/// Whether a column is a sentence, in which papers are mentioned.
fn is_sentence(column: &str) -> bool {
    column.trim_end().ends_with(['.', '!', '\u{61f}'])
        && column.split(' ').filter(|word| word.chars().any(char::is_alphabetic) && !has_digit(word)).count()
            >= SENTENCE
}

/// Whether the words before a term make it a mention of another paper.
fn refers(lead: &str, is_bare: bool) -> bool {
    lead.split([' ', ':', '.', ',', '(', '\''])
        .filter(|word| !word.is_empty())
        .any(|word| REFERRING.contains(&word) || ARTICLES.contains(&word) || (!is_bare && POSSESSIVE.contains(&word)))
}

/// Whether what follows a term makes it the label of a party: `bill to:`.
fn is_addressing(rest: &str) -> bool {
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return false };
    ADDRESSING.contains(&first.trim_end_matches(':'))
        && (first.ends_with(':') || words.next().is_none_or(|next| next == ":"))
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}
