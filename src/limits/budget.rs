//! What one listed item has spent of its bounds. Members spend from the budget of the item they lie in.

use super::Limits;
use crate::model::{Code, Fault};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The spending account of one listed item. Every loop over input calls [`Budget::check`].
#[derive(Debug)]
pub struct Budget {
    limits: Arc<Limits>,
    deadline: Cell<Instant>,
    expanded: Cell<u64>,
    members: Cell<u64>,
    ticks: Cell<u32>,
}

impl Budget {
    /// A fresh account, its clock running from now.
    pub fn new(limits: Arc<Limits>) -> Self {
        let deadline = Instant::now() + Duration::from_secs(limits.item_seconds);
        Self {
            limits,
            deadline: Cell::new(deadline),
            expanded: Cell::new(0),
            members: Cell::new(0),
            ticks: Cell::new(0),
        }
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Fails once the item's time is over. Cheap: reads the clock on every 64th call.
    ///
    /// # Errors
    /// [`Code::SlowItem`] after the deadline.
    pub fn check(&self) -> Result<(), Fault> {
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        if ticks % 64 == 1 { self.check_now() } else { Ok(()) }
    }

    /// Like [`Budget::check`], reading the clock at once; for loops whose steps are long.
    ///
    /// # Errors
    /// [`Code::SlowItem`] after the deadline.
    pub fn check_now(&self) -> Result<(), Fault> {
        if Instant::now() < self.deadline.get() { Ok(()) } else { Err(Fault::extract(Code::SlowItem)) }
    }

    /// Time left.
    pub fn left(&self) -> Duration {
        self.deadline.get().saturating_duration_since(Instant::now())
    }

    /// Gives back the time that an outside program took: OCR has a bound of its own, and what it read still has to go
    /// through detection.
    pub fn give_back(&self, spent: Duration) {
        self.deadline.set(self.deadline.get() + spent);
    }

    /// Accounts for decompressed bytes.
    ///
    /// # Errors
    /// [`Code::TooCompressed`] once the item's layers together pass their bound.
    pub fn expand(&self, bytes: u64) -> Result<(), Fault> {
        let sum = self.expanded.get().saturating_add(bytes);
        self.expanded.set(sum);
        if sum <= self.limits.expanded_bytes { Ok(()) } else { Err(Fault::extract(Code::TooCompressed)) }
    }

    /// Accounts for one member of a container, over all layers.
    ///
    /// # Errors
    /// [`Code::TooManyMembers`] past the bound.
    pub fn enter_member(&self) -> Result<(), Fault> {
        let sum = self.members.get() + 1;
        self.members.set(sum);
        if sum <= self.limits.members { Ok(()) } else { Err(Fault::extract(Code::TooManyMembers)) }
    }

    /// Bytes that may still be decompressed.
    pub fn expandable(&self) -> u64 {
        self.limits.expanded_bytes.saturating_sub(self.expanded.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_is_over_is_a_fault() {
        let budget = Budget::new(Arc::new(Limits { item_seconds: 0, ..Limits::default() }));
        assert_eq!(budget.check(), Err(Fault::extract(Code::SlowItem)));
    }

    #[test]
    fn layers_spend_from_one_account() {
        let budget = Budget::new(Arc::new(Limits { expanded_bytes: 10, ..Limits::default() }));
        assert_eq!(budget.expand(6), Ok(()));
        assert_eq!(budget.expand(6), Err(Fault::extract(Code::TooCompressed)));
    }
}
