//! A set of rules by their places in the list, a bit each.

/// The set. Places beyond the last one that was added are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RuleSet(Vec<u64>);

impl RuleSet {
    /// Takes a rule in.
    pub(super) fn add(&mut self, rule: u16) {
        let block = usize::from(rule / 64);
        if self.0.len() <= block {
            self.0.resize(block + 1, 0);
        }
        self.0.iter_mut().skip(block).take(1).for_each(|bits| *bits |= 1 << (rule % 64));
    }

    /// Empties it and keeps its room.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Whether a rule is in it.
    pub(super) fn has(&self, rule: u16) -> bool {
        self.0.get(usize::from(rule / 64)).is_some_and(|bits| bits >> (rule % 64) & 1 == 1)
    }
}

impl Extend<u16> for RuleSet {
    fn extend<I: IntoIterator<Item = u16>>(&mut self, rules: I) {
        rules.into_iter().for_each(|rule| self.add(rule));
    }
}

#[cfg(test)]
mod tests {
    use super::RuleSet;

    #[test]
    fn a_set_holds_what_was_added() {
        let mut set = RuleSet::default();
        set.extend([3, 64, 200]);
        let held = |set: &RuleSet| (0..300).filter(|rule| set.has(*rule)).collect::<Vec<_>>();
        assert_eq!(held(&set), [3, 64, 200]);
        set.clear();
        assert_eq!(held(&set), [0_u16; 0]);
    }
}
