//! The folder in which files lie. Names are random, so that nobody finds a file by guessing; a thumbnail lies beside its
//! original.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use rand::rngs::OsRng;
use tokio::io::AsyncWriteExt;

use super::file::{self, Plain};
use super::{Encoded, Picture};
use crate::error::{Error, Result};

/// Where files lie.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Names of a kept image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The image.
    pub file: String,
    /// Its thumbnail.
    pub preview: String,
}

/// What a name says of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Avatar or header: for anybody.
    Profile,
    /// An attachment; the name of its original.
    Attachment(String),
}

fn random() -> String {
    let mut bytes = [0_u8; 18];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Media type of our own files by extension.
pub fn mime_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        other => file::mime_of(other),
    }
}

/// Reads a name as we make them; `None` for any other.
pub fn read_name(name: &str) -> Option<Name> {
    mime_of(name)?;
    let (stem, extension) = name.rsplit_once('.')?;
    let (random, role) = stem.rsplit_once('.')?;
    let good = random.len() == 24
        && random
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    match role {
        _ if !good => None,
        "profile" => Some(Name::Profile),
        "original" | "small" => Some(Name::Attachment(format!("{random}.original.{extension}"))),
        // The picture that stands for a file of another type, which it names.
        role => {
            let of = role.strip_prefix("small-")?;
            file::mime_of(of)?;
            Some(Name::Attachment(format!("{random}.original.{of}")))
        }
    }
}

impl Folder {
    /// The folder at a path; it is made when the first file is kept.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where the file of a name lies. The name must be one of ours.
    pub fn path_of(&self, name: &str) -> Option<PathBuf> {
        read_name(name)?;
        Some(self.path.join(name))
    }

    /// Keeps an image and its thumbnail.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn keep(&self, picture: &Picture) -> Result<Stored> {
        let random = random();
        let stored = Stored {
            file: format!("{random}.original.{}", picture.extension),
            preview: format!("{random}.small.{}", picture.extension),
        };
        self.write(&stored.file, &picture.original.bytes).await?;
        self.write(&stored.preview, &picture.small.bytes).await?;
        Ok(stored)
    }

    /// Keeps a file that is no image, perhaps with a picture that stands for it.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn keep_file(
        &self,
        file: &Plain,
        cover: Option<(&Encoded, &str)>,
    ) -> Result<(String, Option<String>)> {
        let name = format!("{}.original.{}", random(), file.extension);
        self.write(&name, &file.bytes).await?;
        let preview = match cover {
            Some((picture, extension)) => Some(self.keep_cover(&name, picture, extension).await?),
            None => None,
        };
        Ok((name, preview))
    }

    /// Keeps a picture that stands for a file that is kept already, beside it; `original` is the file's name.
    ///
    /// # Errors
    /// `NotFound` for a name that is none of ours, `Internal` where the disk refuses.
    pub async fn keep_cover(
        &self,
        original: &str,
        picture: &Encoded,
        extension: &str,
    ) -> Result<String> {
        let (random, of) = original.split_once(".original.").ok_or(Error::NotFound)?;
        let name = format!("{random}.small-{of}.{extension}");
        self.remove(&name).await?;
        self.write(&name, &picture.bytes).await?;
        Ok(name)
    }

    /// Where a file lies, opened for reading, with its length in bytes; `None` where there is none.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn open(&self, name: &str) -> Result<Option<(tokio::fs::File, u64)>> {
        let Some(path) = self.path_of(name) else {
            return Ok(None);
        };
        match tokio::fs::File::open(path).await {
            Ok(file) => {
                let bytes = file.metadata().await?.len();
                Ok(Some((file, bytes)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps an avatar or header; its name.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn keep_profile(&self, bytes: &[u8], extension: &str) -> Result<String> {
        let name = format!("{}.profile.{extension}", random());
        self.write(&name, bytes).await?;
        Ok(name)
    }

    /// Reads a file; `None` where there is none.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.path_of(name) else {
            return Ok(None);
        };
        match tokio::fs::read(path).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// `Internal` where the disk refuses.
    pub async fn remove(&self, name: &str) -> Result<()> {
        let Some(path) = self.path_of(name) else {
            return Ok(());
        };
        match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The file is on disk before any row names it.
    async fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        tokio::fs::create_dir_all(&self.path).await?;
        let mut file = tokio::fs::File::create_new(self.path.join(name)).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        sync_folder(&self.path).await
    }
}

async fn sync_folder(path: &Path) -> Result<()> {
    let folder = tokio::fs::File::open(path).await?;
    folder.sync_all().await.map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_lead_to_files() {
        let folder = Folder::new("/media".into());
        let name = format!("{}.small.png", random());
        let original = name.replace(".small.", ".original.");
        assert_eq!(read_name(&name), Some(Name::Attachment(original)));
        assert!(folder.path_of(&name).is_some());
        let cover = name.replace(".small.", ".small-mp4.");
        let film = name.replace(".small.png", ".original.mp4");
        assert_eq!(read_name(&cover), Some(Name::Attachment(film)));
        for bad in [
            "../../etc/passwd",
            "x.original.png",
            "a/b.png",
            "",
            ".",
            "AAAAAAAAAAAAAAAAAAAAAAAA.original.svg",
            "AAAAAAAAAAAAAAAAAAAAAAAA.small-svg.png",
        ] {
            assert_eq!(folder.path_of(bad), None, "{bad}");
        }
    }
}
