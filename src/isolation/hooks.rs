//! Test hooks: a worker that crashes, hangs or eats memory on an item whose name holds a given text. Set through
//! `BREACHSCOPE_TEST_CRASH`, `BREACHSCOPE_TEST_HANG` and `BREACHSCOPE_TEST_EAT`; unset, they cost one look each.

use crate::model::Item;
use std::time::Duration;
use std::{env, process, thread};

/// Variables that a child keeps from its parent's environment.
pub(super) const PREFIX: &str = "BREACHSCOPE_TEST_";

/// The hooks that are set.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    crash: Option<Vec<u8>>,
    hang: Option<Vec<u8>>,
    eat: Option<Vec<u8>>,
}

impl Hooks {
    pub(super) fn from_environment() -> Self {
        use std::os::unix::ffi::OsStringExt;
        let of = |name: &str| env::var_os(format!("{PREFIX}{name}")).map(OsStringExt::into_vec);
        Self { crash: of("CRASH"), hang: of("HANG"), eat: of("EAT") }
    }

    /// Does to this process what a hostile item would.
    pub(super) fn trip(&self, item: &Item) {
        let is_meant = |text: &Option<Vec<u8>>| {
            text.as_ref().is_some_and(|text| memchr::memmem::find(item.locator.name(), text).is_some())
        };
        if is_meant(&self.crash) {
            process::abort();
        }
        if is_meant(&self.hang) {
            thread::sleep(Duration::from_hours(1));
        }
        if is_meant(&self.eat) {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(vec![1; 16 << 20]);
            }
        }
    }
}
