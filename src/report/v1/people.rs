//! Who is concerned.

use super::{ControllerRow, NameCount};
use serde::Serialize;

/// Who is concerned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleSection {
    /// Types of data about people, as the EDPB template's field 73 asks.
    pub statement: String,
    /// Mentions by role.
    pub mentions: Vec<NameCount>,
    /// Distinct practitioners and staff.
    pub practitioners: u64,
    /// Persons under age on the day of an item.
    pub minors: u64,
    /// Persons whose birth date is known.
    pub with_birth_date: u64,
    /// Persons reachable by e-mail.
    pub by_mail: u64,
    /// Persons reachable by phone.
    pub by_phone: u64,
    /// Persons reachable by post.
    pub by_post: u64,
    /// Persons reachable at all.
    pub reachable: u64,
    /// Columns of the matrix of persons and data, most frequent first: titles of kinds, and `Under age`.
    pub matrix: Vec<String>,
    /// Combinations of data known of one person, most frequent first.
    pub combinations: Vec<CombinationRow>,
    /// Combinations beyond those listed.
    pub more_combinations: u64,
    /// Persons in these.
    pub more_persons: u64,
    /// Persons by country.
    pub countries: Vec<CountryRow>,
    /// Controllers.
    pub controllers: Vec<ControllerRow>,
    /// Controllers beyond those listed.
    pub more_controllers: u64,
    /// Persons known to several controllers.
    pub shared: u64,
    /// Joins by rule.
    pub joins: Vec<NameCount>,
    /// Joins refused because of a contradiction, by rule.
    pub refused: Vec<NameCount>,
    /// Name-only mentions that fit several persons and add none.
    pub ambiguous: u64,
    /// Persons of whom most is known: of all, and of each country, kind of data and combination.
    pub examples: Vec<PersonRow>,
}

/// Persons of whom the same is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CombinationRow {
    /// Number within the report, where persons are shown for it.
    pub id: Option<String>,
    /// Kinds of data.
    pub kinds: Vec<String>,
    /// Kinds of items.
    pub material: Vec<String>,
    /// Under age.
    pub is_minor: bool,
    /// Persons; 0 for items tied to nobody.
    pub persons: u64,
    /// Items tied to nobody.
    pub items: u64,
    /// Severity.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
}

/// Persons of one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountryRow {
    /// ISO 3166-1 alpha-2, or none.
    pub country: Option<String>,
    /// Persons.
    pub persons: u64,
    /// By what the country was told.
    pub evidence: Vec<NameCount>,
}

/// One person as an example.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonRow {
    /// Number within the report.
    pub id: String,
    /// Kinds of data.
    pub kinds: Vec<String>,
    /// Kinds of items.
    pub material: Vec<String>,
    /// The combination of data that is known of them, by its number within the report, if it is listed there.
    pub combination: Option<String>,
    /// Under age.
    pub is_minor: bool,
    /// Mentions.
    pub mentions: u64,
    /// Short ids of items.
    pub items: Vec<String>,
    /// Rules that joined the mentions.
    pub joined_by: Vec<String>,
    /// Country.
    pub country: Option<String>,
    /// Severity.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
}
