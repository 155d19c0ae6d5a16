//! Paging as Mastodon clients know it: `max_id`, `since_id`, `min_id`, `limit`.

/// A wanted page. Rows come newest first whatever the direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Page {
    /// Only rows below this id.
    pub max_id: Option<i64>,
    /// Only rows above this id, the newest of them.
    pub since_id: Option<i64>,
    /// Only rows above this id, the ones right above it.
    pub min_id: Option<i64>,
    /// At most this many rows.
    pub limit: i64,
}

impl Page {
    /// The newest rows.
    pub fn first(limit: i64) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The exclusive upper bound.
    pub fn below(&self) -> Option<i64> {
        self.max_id
    }

    /// The exclusive lower bound.
    pub fn above(&self) -> Option<i64> {
        match (self.min_id, self.since_id) {
            (Some(min), Some(since)) => Some(min.max(since)),
            (min, since) => min.or(since),
        }
    }

    /// Whether the query must run from the lower bound upwards.
    pub fn upwards(&self) -> bool {
        self.min_id.is_some()
    }

    /// Puts loaded rows into the order in which they are shown.
    pub fn newest_first<T>(&self, mut rows: Vec<T>) -> Vec<T> {
        if self.upwards() {
            rows.reverse();
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn min_id_runs_upwards_and_since_id_does_not() {
        let page = Page {
            min_id: Some(5),
            since_id: Some(7),
            ..Page::first(2)
        };
        assert!(page.upwards());
        assert_eq!(page.above(), Some(7));
        assert_eq!(page.newest_first(vec![6, 7]), vec![7, 6]);
        assert!(
            !Page {
                since_id: Some(5),
                ..Page::first(2)
            }
            .upwards()
        );
    }
}
