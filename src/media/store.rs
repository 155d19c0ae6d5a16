//! Where files of this node lie: a folder or a bucket, behind one face. What was written is there for good when `write`
//! returns, and names are those of [`super::names`] alone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use futures::stream::BoxStream;

use super::bucket::{self, Bucket};
use super::folder::Folder;
use super::names::read_name;
use crate::error::{Error, Result};

/// The store of a node; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(Folder),
    Bucket(Arc<Bucket>),
}

/// A file, or a part of one, on its way.
#[allow(missing_debug_implementations, reason = "holds a stream")]
pub struct Opened {
    /// How many bytes come.
    pub length: u64,
    /// The bytes. A stream that ends early ends in an error.
    pub pieces: BoxStream<'static, io::Result<Bytes>>,
}

impl Store {
    /// The folder at a path; it is made when the first file is written.
    pub fn folder(path: PathBuf) -> Self {
        Self {
            place: Place::Folder(Folder::new(path)),
        }
    }

    /// A bucket. It is not asked for anything yet.
    ///
    /// # Errors
    /// `Unavailable` where the settings make no address.
    pub fn bucket(settings: bucket::Settings) -> Result<Self> {
        Ok(Self {
            place: Place::Bucket(Arc::new(Bucket::new(settings)?)),
        })
    }

    /// The folder, where files lie in one.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder.path()),
            Place::Bucket(_) => None,
        }
    }

    /// Writes a file, over another of the same name if there is one.
    ///
    /// # Errors
    /// `Internal` where the disk refuses, `Unavailable` where the bucket does not answer as it should.
    pub async fn write(&self, name: &str, bytes: Bytes) -> Result<()> {
        if read_name(name).is_none() {
            return Err(Error::internal(
                "a file of the store must have one of our names",
            ));
        }
        match &self.place {
            Place::Folder(folder) => folder.write(name, &bytes).await,
            Place::Bucket(bucket) => bucket.write(name, bytes).await,
        }
    }

    /// Length of a file in bytes; `None` where there is none.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn length(&self, name: &str) -> Result<Option<u64>> {
        if read_name(name).is_none() {
            return Ok(None);
        }
        match &self.place {
            Place::Folder(folder) => folder.length(name).await,
            Place::Bucket(bucket) => bucket.length(name).await,
        }
    }

    /// A file, or the part from the first to the last byte, both included, which it must have; `None` where there is none.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn open(&self, name: &str, part: Option<(u64, u64)>) -> Result<Option<Opened>> {
        if read_name(name).is_none() {
            return Ok(None);
        }
        match &self.place {
            Place::Folder(folder) => folder.open(name, part).await,
            Place::Bucket(bucket) => bucket.open(name, part).await,
        }
    }

    /// A whole file in memory; `None` where there is none.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn read(&self, name: &str) -> Result<Option<Bytes>> {
        let Some(opened) = self.open(name, None).await? else {
            return Ok(None);
        };
        let mut pieces = opened.pieces;
        let mut whole = BytesMut::new();
        while let Some(piece) = pieces.try_next().await.map_err(|error| {
            Error::Unavailable(format!("a file of media.store breaks off ({error})"))
        })? {
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.freeze()))
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn remove(&self, name: &str) -> Result<()> {
        if read_name(name).is_none() {
            return Ok(());
        }
        match &self.place {
            Place::Folder(folder) => folder.remove(name).await,
            Place::Bucket(bucket) => bucket.remove(name).await,
        }
    }

    /// Writes, reads and removes a file, as the node will, and asks for one that is not there; the place in words. Nothing
    /// of it stays.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn check(&self) -> Result<String> {
        let (name, bytes) = (super::names::profile("png"), Bytes::from_static(b"probe"));
        let read = match self.write(&name, bytes.clone()).await {
            Ok(()) => self.read(&name).await,
            Err(error) => Err(error),
        };
        // Also where that went wrong half-way: what was not acknowledged may have been written.
        let removed = self.remove(&name).await;
        let read = read?;
        removed?;
        let left = self.length(&name).await?;
        let shown = match &self.place {
            Place::Folder(folder) => folder.path().display().to_string(),
            Place::Bucket(bucket) => bucket.to_string(),
        };
        if read != Some(bytes) || left.is_some() {
            return Err(Error::Unavailable(format!(
                "{shown} does not give back what was written, or keeps what was removed"
            )));
        }
        Ok(shown)
    }
}
