//! (stage resolve)
