//! Breachscope sizes a data leak.
//!
//! ```text
//! source -> identify -> extract -> detect -> classify -> Record            one item at a time: examine(item) -> Record
//!                                                          |
//!                                  ledger  (the case folder: every Record, resumable)
//!                                                          |
//!                       resolve -> tally -> score -> report                the whole leak at a time
//! ```
//!
//! `pipeline` is the only module that names every stage of the first half; `ARCHITECTURE.md` has the import table that
//! `tests/layers.rs` holds.

#![allow(rustdoc::private_intra_doc_links, reason = "the documentation is built with private items")]
#![cfg_attr(test, allow(clippy::string_slice, reason = "tests slice texts that they wrote themselves"))]

pub mod classify;
pub mod cli;
pub mod commands;
pub mod detect;
pub mod extract;
pub mod identify;
pub mod isolation;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod score;
pub mod settings;
pub mod sniff;
pub mod source;
pub mod tally;
