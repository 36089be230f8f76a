//! Naming what an item is: one file per family of classifiers.

pub mod picture;
pub mod video;
