//! The wall around foreign decoders: a panic in one becomes a fault of the item.

use crate::model::{Code, Fault, Stage};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// Runs foreign code; a panic in it becomes [`Code::Panicked`] at that stage. The panic's message is dropped,
/// because it may quote the file.
///
/// # Errors
/// The fault, if the code panicked.
pub fn guard<T>(stage: Stage, work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Fault::new(stage, Code::Panicked))
}

/// Silences panic messages for the whole process: they may quote a leaked file. Workers call it first.
pub fn quiet_panics() {
    set_hook(Box::new(|_| {}));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault() {
        let outcome: Result<(), _> = guard(Stage::Extract, || panic!("on purpose"));
        assert_eq!(outcome, Err(Fault::extract(Code::Panicked)));
    }
}
