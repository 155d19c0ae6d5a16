//! `[media]` and `[media.s3]`: where files lie and how large they may be.

use std::path::PathBuf;

use serde::Deserialize;

use super::Config;

/// Where media lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// A folder (`{data_dir}` is replaced), or `s3://BUCKET/PREFIX`.
    pub store: String,
    /// `[media.s3]`
    pub s3: S3,
    /// Largest image in bytes.
    pub image_size_limit: u64,
    /// Largest image in pixels (width times height).
    pub image_matrix_limit: u64,
    /// Largest film or recording in bytes.
    pub video_size_limit: u64,
    /// Largest document in bytes.
    pub file_size_limit: u64,
    /// Pictures of other nodes that are kept at most, in mebibytes.
    pub remote_cache_mib: u64,
}

/// Where media lie, by the settings.
#[derive(Debug, Clone)]
pub enum MediaPlace<'a> {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of an S3 server.
    Bucket {
        /// Its name.
        bucket: &'a str,
        /// What the keys of all objects begin with, without slashes at its ends; perhaps empty.
        prefix: &'a str,
        /// How it is asked.
        s3: &'a S3,
    },
}

/// How the bucket is asked. The keys are kept out of what is printed.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3 {
    /// Address of the server; empty: Amazon's in the region.
    pub endpoint: String,
    /// Region in signatures.
    pub region: String,
    /// Whether the bucket stands in the path, not in the name of the host.
    pub path_style: bool,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

impl Default for Media {
    fn default() -> Self {
        Self {
            store: "{data_dir}/media".into(),
            s3: S3::default(),
            image_size_limit: 16 << 20,
            image_matrix_limit: 33_177_600,
            video_size_limit: 40 << 20,
            file_size_limit: 16 << 20,
            remote_cache_mib: 1024,
        }
    }
}

impl Default for S3 {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            region: "us-east-1".into(),
            path_style: true,
            access_key: String::new(),
            secret_key: String::new(),
        }
    }
}

impl Config {
    /// Where media lie, with `{data_dir}` filled in.
    pub fn media_place(&self) -> MediaPlace<'_> {
        if let Some(rest) = self.media.store.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            return MediaPlace::Bucket {
                bucket,
                prefix: prefix.trim_matches('/'),
                s3: &self.media.s3,
            };
        }
        MediaPlace::Folder(PathBuf::from(
            self.media
                .store
                .replace("{data_dir}", &self.data_dir.to_string_lossy()),
        ))
    }
}
