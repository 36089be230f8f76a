//! (stage score)
