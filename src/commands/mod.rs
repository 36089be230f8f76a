//! (stage commands)
