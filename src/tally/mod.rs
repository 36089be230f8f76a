//! (stage tally)
