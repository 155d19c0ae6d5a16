//! Counting per name within a window of time, in memory: budgets and rates.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

/// Names that are counted at the same time; beyond that the least used is forgotten.
const NAMES: u64 = 10_000;

/// Counts per name; a count ends when its window does.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    counts: Cache<String, Arc<AtomicU32>>,
}

impl Counter {
    /// Counts within windows of this length.
    pub(super) fn new(window: Duration) -> Self {
        Self {
            counts: Cache::builder()
                .max_capacity(NAMES)
                .time_to_live(window)
                .build(),
        }
    }

    /// Counts one more; whether that is still within the limit.
    pub(super) fn take(&self, name: &str, limit: u32) -> bool {
        self.counts
            .get_with(name.to_owned(), Arc::default)
            .fetch_add(1, Ordering::Relaxed)
            < limit
    }

    /// Counts one less.
    pub(super) fn give_back(&self, name: &str) {
        if let Some(count) = self.counts.get(name) {
            let less = |n: u32| n.checked_sub(1);
            let _at_zero_it_stays = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let counter = Counter::new(Duration::from_mins(1));
        assert!(counter.take("a", 2) && counter.take("a", 2) && !counter.take("a", 2));
        assert!(counter.take("b", 1), "names do not share");
        counter.give_back("a");
        counter.give_back("a");
        assert!(counter.take("a", 2));
        counter.give_back("unknown");
    }
}
