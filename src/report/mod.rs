//! (stage report)
