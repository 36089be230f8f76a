//! (stage classify)
