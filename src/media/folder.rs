//! Files in a folder of this machine.

use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::store::Opened;
use crate::error::Result;

/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// The folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at a path; it is made when the first file is written.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file whole or not at all: it is on disk when this returns.
    pub(super) async fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        tokio::fs::create_dir_all(&self.path).await?;
        let half = self.path.join(format!("{name}.part"));
        let mut file = File::create(&half).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(half, self.path.join(name)).await?;
        File::open(&self.path).await?.sync_all().await?;
        Ok(())
    }

    /// Length in bytes.
    pub(super) async fn length(&self, name: &str) -> Result<Option<u64>> {
        Ok(known(tokio::fs::metadata(self.path.join(name)).await)?.map(|facts| facts.len()))
    }

    /// From the first to the last byte of a part, both included; else the whole file.
    pub(super) async fn open(
        &self,
        name: &str,
        part: Option<(u64, u64)>,
    ) -> Result<Option<Opened>> {
        let Some(mut file) = known(File::open(self.path.join(name)).await)? else {
            return Ok(None);
        };
        let length = match part {
            Some((from, to)) => {
                file.seek(SeekFrom::Start(from)).await?;
                to.saturating_sub(from).saturating_add(1)
            }
            None => file.metadata().await?.len(),
        };
        Ok(Some(Opened {
            length,
            pieces: pieces(file, length),
        }))
    }

    /// Removes a file, and what was half written of it.
    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        for name in [name, &format!("{name}.part")] {
            known(tokio::fs::remove_file(self.path.join(name)).await)?;
        }
        Ok(())
    }
}

fn known<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn pieces(file: File, count: u64) -> stream::BoxStream<'static, io::Result<Bytes>> {
    let next = |(mut file, left): (File, u64)| async move {
        if left == 0 {
            return io::Result::Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; most];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Ok(None);
        }
        piece.truncate(read);
        Ok(Some((Bytes::from(piece), (file, left - read as u64))))
    };
    stream::try_unfold((file, count), next).boxed()
}
