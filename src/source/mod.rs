//! (stage source)
