//! Uploaded images: decoded under limits, turned upright, re-encoded without metadata, kept under random names.

mod image;
mod store;

pub use image::{Encoded, Limits, Picture, profile_picture, read_picture};
pub use store::{Folder, Name, Stored, mime_of, read_name};
