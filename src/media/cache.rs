//! Pictures of other nodes, kept for a while: decoded and encoded anew like uploads, never more than the settings allow.
//! What nobody looked at for longest goes first. Everything in here can be fetched again, so nothing is flushed to disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::remote::Part;
use super::turns::{Turn, Turns};
use crate::error::{Error, Result};

/// A look is noted once in this time.
const NOTED: Duration = Duration::from_mins(10);
/// What could not be fetched is not asked for again for this long.
const FAILED: Duration = Duration::from_mins(10);
/// Types that are kept, by ending.
const TYPES: [(&str, &str); 3] = [
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
];

/// The kept pictures; cheap to clone.
#[derive(Debug, Clone)]
pub struct Cache {
    path: PathBuf,
    most: u64,
    /// Bytes kept, as far as this process knows; `u64::MAX` before it looked.
    held: Arc<AtomicU64>,
    turns: Turns,
    failed: moka::sync::Cache<String, ()>,
}

/// A kept picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub mime: &'static str,
}

struct File {
    path: PathBuf,
    bytes: u64,
    looked_at: SystemTime,
}

impl Cache {
    /// Pictures in a folder, `most` bytes of them.
    pub fn new(path: PathBuf, most: u64) -> Self {
        Self {
            path,
            most,
            held: Arc::new(AtomicU64::new(u64::MAX)),
            turns: Turns::default(),
            failed: moka::sync::Cache::builder()
                .max_capacity(10_000)
                .time_to_live(FAILED)
                .build(),
        }
    }

    fn name(key: &str, part: Part, ending: &str) -> String {
        format!("{key}.{}.{ending}", part.as_str())
    }

    /// A kept picture by the key of its address.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn read(&self, key: &str, part: Part) -> Result<Option<Kept>> {
        for (ending, mime) in TYPES {
            let path = self.path.join(Self::name(key, part, ending));
            match tokio::fs::read(&path).await {
                Ok(bytes) => {
                    note_look(path).await;
                    return Ok(Some(Kept { bytes, mime }));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Whether a picture could not be had a short while ago.
    pub fn has_failed(&self, key: &str) -> bool {
        self.failed.contains_key(key)
    }

    /// Remembers that a picture cannot be had.
    pub fn note_failure(&self, key: &str) {
        self.failed.insert(key.to_owned(), ());
    }

    /// Waits for the turn to fetch from an address: the same picture is fetched once, and only a few at a time, of each host
    /// and in all. `None` where that takes too long.
    pub async fn turn(&self, key: &str, url: &str) -> Option<Turn> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        self.turns.wait(key, &host.to_lowercase()).await
    }

    /// Keeps a picture, and lets others go where there are too many. `ending` is `jpg`, `png` or `gif`.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn keep(&self, key: &str, part: Part, ending: &str, bytes: Vec<u8>) -> Result<()> {
        let (cache, name) = (self.clone(), Self::name(key, part, ending));
        let work = move || cache.keep_now(&name, &bytes);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)?
            .map_err(Error::from)
    }

    fn keep_now(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let size = bytes.len() as u64;
        // Nobody may ever see half a file.
        let half = self
            .path
            .join(format!("{name}.{:x}.part", rand::random::<u64>()));
        fs::write(&half, bytes)?;
        fs::rename(half, self.path.join(name))?;
        let known = self.held.load(Ordering::Relaxed);
        let held = if known == u64::MAX {
            files(&self.path)?.iter().map(|file| file.bytes).sum()
        } else {
            known.saturating_add(size)
        };
        self.held.store(held, Ordering::Relaxed);
        if held > self.most {
            self.shrink()?;
        }
        Ok(())
    }

    /// Lets the pictures go that nobody looked at for longest, until nine tenths of what may be kept are left.
    fn shrink(&self) -> std::io::Result<()> {
        let mut all = files(&self.path)?;
        all.sort_by_key(|file| file.looked_at);
        let mut held: u64 = all.iter().map(|file| file.bytes).sum();
        let goal = self.most / 10 * 9;
        for file in all {
            if held <= goal {
                break;
            }
            match fs::remove_file(&file.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => held = held.saturating_sub(file.bytes),
            }
        }
        self.held.store(held, Ordering::Relaxed);
        Ok(())
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<File>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Another process may have removed it meanwhile.
        if let Ok(facts) = entry.metadata() {
            found.push(File {
                path: entry.path(),
                bytes: facts.len(),
                looked_at: facts.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            });
        }
    }
    Ok(found)
}

/// Files show when they were last looked at by their time of change, so that the order outlives the process.
async fn note_look(path: PathBuf) {
    let work = move || {
        let file = fs::File::options().append(true).open(path)?;
        let seen = file.metadata()?.modified()?;
        if seen.elapsed().is_ok_and(|since| since > NOTED) {
            #[expect(
                clippy::disallowed_methods,
                reason = "times of files are the system's own"
            )]
            file.set_modified(SystemTime::now())?;
        }
        std::io::Result::Ok(())
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a look at a kept picture was not noted"),
        Err(error) => tracing::debug!(%error, "a look at a kept picture was not noted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_nobody_looked_at_for_longest_goes_first() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::new(home.path().join("remote"), 100);
        for (age, key) in [(300, "old"), (200, "older"), (100, "new")] {
            cache
                .keep(key, Part::Small, "png", vec![1; 30])
                .await
                .unwrap();
            let path = home.path().join(format!("remote/{key}.small.png"));
            let file = fs::File::options().append(true).open(path).unwrap();
            let when = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age);
            file.set_modified(when).unwrap();
        }
        let kept = cache.read("old", Part::Small).await.unwrap().unwrap();
        assert_eq!((kept.bytes.len(), kept.mime), (30, "image/png"));
        cache
            .keep("newest", Part::Small, "png", vec![1; 30])
            .await
            .unwrap();
        let there = |key: &'static str| {
            let cache = cache.clone();
            async move { cache.read(key, Part::Small).await.unwrap().is_some() }
        };
        assert!(there("old").await, "it was looked at just now");
        assert!(!there("older").await);
        assert!(there("new").await && there("newest").await);
        assert!(!there("nothing").await);
    }

    #[tokio::test]
    async fn failures_are_remembered() {
        let cache = Cache::new("/nowhere".into(), 1);
        assert!(!cache.has_failed("x"));
        cache.note_failure("x");
        assert!(cache.has_failed("x"));
        drop(cache.turn("x", "https://p.example/x.png").await.unwrap());
    }
}
