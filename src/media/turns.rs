//! Whose turn it is to be fetched: the same picture once, a few at a time of each host and in all. A host that was slow goes by
//! a narrow lane of its own for a while, so that slow ones never hold up the others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pictures fetched at the same time at most.
const ALL: usize = 24;
/// Of one host.
const OF_ONE_HOST: usize = 2;
/// Of all hosts that were slow.
const OF_SLOW_HOSTS: usize = 2;
/// A turn that took so long was slow.
const SLOW: Duration = Duration::from_secs(5);
/// For how long a host counts as slow.
const REMEMBERED: Duration = Duration::from_mins(10);
/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Hosts and pictures kept in mind at most.
const KNOWN: u64 = 10_000;

/// The turns of all pictures; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    all: Arc<Semaphore>,
    slow_ones: Arc<Semaphore>,
    pictures: Cache<String, Arc<Semaphore>>,
    hosts: Cache<String, Arc<Semaphore>>,
    slow: Cache<String, ()>,
}

/// The turn of one picture, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    begun: Instant,
    host: String,
    slow: Cache<String, ()>,
    _permits: [OwnedSemaphorePermit; 3],
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.begun.elapsed() >= SLOW {
            self.slow.insert(std::mem::take(&mut self.host), ());
        }
    }
}

fn known<V: Clone + Send + Sync + 'static>() -> Cache<String, V> {
    Cache::builder()
        .max_capacity(KNOWN)
        .time_to_idle(REMEMBERED)
        .build()
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ALL)),
            slow_ones: Arc::new(Semaphore::new(OF_SLOW_HOSTS)),
            pictures: known(),
            hosts: known(),
            slow: Cache::builder()
                .max_capacity(KNOWN)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }
}

async fn one(
    of: &Cache<String, Arc<Semaphore>>,
    name: &str,
    most: usize,
) -> Option<OwnedSemaphorePermit> {
    let found = of.get_with(name.to_owned(), || Arc::new(Semaphore::new(most)));
    found.acquire_owned().await.ok()
}

impl Turns {
    /// Waits for the turn of a picture, by its key, from a host. `None` where that takes too long.
    pub(super) async fn wait(&self, key: &str, host: &str) -> Option<Turn> {
        let all = async {
            // What is general comes last, so that nobody holds it while waiting for what is particular.
            let picture = one(&self.pictures, key, 1).await?;
            let of_host = one(&self.hosts, host, OF_ONE_HOST).await?;
            let lane = if self.slow.contains_key(host) {
                &self.slow_ones
            } else {
                &self.all
            };
            let place = Arc::clone(lane).acquire_owned().await.ok()?;
            Some([picture, of_host, place])
        };
        let permits = tokio::time::timeout(PATIENCE, all).await.ok()??;
        Some(Turn {
            begun: Instant::now(),
            host: host.to_owned(),
            slow: self.slow.clone(),
            _permits: permits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a turn is to be had at once.
    async fn at_once(turns: &Turns, key: &str, host: &str) -> Option<Turn> {
        let soon = turns.wait(key, host);
        tokio::time::timeout(Duration::from_millis(20), soon)
            .await
            .ok()
            .flatten()
    }

    #[tokio::test]
    async fn slow_hosts_leave_room_for_others() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for host in 0..8 {
            for picture in 0..9 {
                let (key, host) = (format!("{host} {picture}"), format!("slow{host}"));
                held.extend(at_once(&turns, &key, &host).await);
            }
        }
        assert_eq!(held.len(), 8 * OF_ONE_HOST);
        assert!(at_once(&turns, "x", "quick").await.is_some());
        assert!(at_once(&turns, "0 99", "slow0").await.is_none());
        held.clear();
        assert!(at_once(&turns, "0 99", "slow0").await.is_some());
    }

    #[tokio::test]
    async fn who_was_slow_goes_by_a_lane_of_its_own() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for host in 0..40 {
            turns.slow.insert(format!("slow{host}"), ());
            let key = format!("k{host}");
            held.extend(at_once(&turns, &key, &format!("slow{host}")).await);
        }
        assert_eq!(held.len(), OF_SLOW_HOSTS);
        assert!(at_once(&turns, "x", "quick").await.is_some());
        let mut turn = at_once(&turns, "y", "late").await.unwrap();
        turn.begun = turn.begun.checked_sub(SLOW).unwrap();
        drop(turn);
        assert!(turns.slow.contains_key("late") && !turns.slow.contains_key("quick"));
    }

    #[tokio::test]
    async fn a_picture_is_fetched_once() {
        let turns = Turns::default();
        let turn = at_once(&turns, "x", "host").await;
        assert!(turn.is_some());
        assert!(at_once(&turns, "x", "host").await.is_none());
        drop(turn);
        assert!(at_once(&turns, "x", "host").await.is_some());
    }
}
