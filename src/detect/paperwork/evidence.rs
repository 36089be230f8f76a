//! How sure a piece of evidence makes a finding: the calibration table.

use crate::model::Confidence;

/// What speaks for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A label before a value that the lists know.
    Labelled,
    /// A label before a value that no list knows.
    LabelledUnknown,
    /// A form of address before it.
    Titled,
    /// In a list after a titled name.
    Listed,
    /// A first name and a surname.
    Pair,
    /// A first name and a word that no list knows.
    GivenUnknown,
    /// A word that no list knows and a first name.
    UnknownGiven,
    /// An initial with a point, and a surname.
    Initial,
    /// An initial without a point, and a surname.
    InitialBare,
    /// Names that are plain words or places too.
    Plain,
    /// Rare names only.
    Rare,
    /// Surnames only.
    Family,
    /// One first name.
    LoneGiven,
    /// A word of a name that stands in full elsewhere in the item.
    Repeated,
    /// A word of a mail address of the item.
    Mailed,
    /// Above a postal address, as on an envelope.
    Addressed,
    /// Capitalised words without evidence.
    Lone,
    /// A noun or legal form of institutions.
    Institution,
}

/// Shares in thousandths of what was right on labelled texts (Spanish clinical cases with inserted identities, French
/// hospital templates, court decisions, English sentence templates), rounded, and lowered where the texts were few.
const TABLE: [(Strength, u16); 18] = [
    (Strength::Labelled, 960),
    (Strength::LabelledUnknown, 850),
    (Strength::Titled, 930),
    (Strength::Listed, 800),
    (Strength::Pair, 900),
    (Strength::GivenUnknown, 800),
    (Strength::UnknownGiven, 700),
    (Strength::Initial, 780),
    (Strength::InitialBare, 550),
    (Strength::Plain, 600),
    (Strength::Rare, 500),
    (Strength::Family, 520),
    (Strength::LoneGiven, 560),
    (Strength::Repeated, 850),
    (Strength::Mailed, 700),
    (Strength::Addressed, 850),
    (Strength::Lone, 200),
    (Strength::Institution, 750),
];

/// A strength with its confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    /// What speaks for the finding.
    pub(super) strength: Strength,
}

impl Evidence {
    pub(super) fn of(strength: Strength) -> Self {
        Self { strength }
    }

    /// The share of such findings that is right.
    pub(super) fn confidence(self) -> Confidence {
        let milli = TABLE.iter().find(|(strength, _)| *strength == self.strength).map_or(0, |(_, milli)| *milli);
        Confidence::milli(milli)
    }

    /// Whether the words of such a name confirm each other elsewhere in the item.
    pub(super) fn lends(self) -> bool {
        matches!(
            self.strength,
            Strength::Labelled
                | Strength::Titled
                | Strength::Addressed
                | Strength::Pair
                | Strength::GivenUnknown
                | Strength::UnknownGiven
                | Strength::Initial
        )
    }
}
