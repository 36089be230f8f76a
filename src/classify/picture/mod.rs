//! What a picture shows.
pub mod canvas;
pub mod faces;
pub mod features;
pub mod skin;
