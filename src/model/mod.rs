//! The words of the program as types: data only, importing nothing of ours.

pub mod class;
pub mod day;
pub mod decision;
pub mod extraction;
pub mod face;
pub mod facts;
pub mod fault;
pub mod finding;
pub mod incident;
pub mod item;
pub mod kind;
pub mod locator;
pub mod media;
pub mod person;
pub mod quality;
pub mod record;
pub mod secret;
pub mod series;

pub use class::{Class, Reason, Verdict};
pub use day::date_of;
pub use decision::{Decision, MentionId, Ruling};
pub use extraction::{Field, Frame, Meaning, Member, Passage, Raster, Shape, Sink};
pub use face::{EMBEDDING, FaceEmbedding, FaceGroups};
pub use facts::{AccountFacts, DocumentFacts, Facts, ImageFacts, Paper, TextState, VideoFacts};
pub use fault::{Code, Effect, Fault, Outcome, Stage};
pub use finding::{Confidence, Finding, Hints, NamePart, Origin, Part, Role, Sealed, Token};
pub use incident::Incident;
pub use item::Item;
pub use kind::Kind;
pub use locator::{IdKey, Locator, is_hidden};
pub use media::{Family, Media};
pub use person::{
    Bounds, CountryEvidence, KindSet, Link, Material, MaterialSet, People, PersonSample, Profile, Reachable,
};
pub use record::{Hashes, Record};
pub use secret::Secret;
pub use series::{DeviceSeries, PAIR_CUE, Series};
