//! Images: decoded under limits, turned upright, re-encoded without metadata. Uploaded ones are kept under random names,
//! those of other nodes for a while.

pub mod cache;
pub mod file;
mod forget;
mod image;
pub mod remote;
mod store;
mod turns;

pub use image::{
    AVATAR, Encoded, HEADER, Limits, Picture, is_picture, profile_picture, read_picture,
};
pub use store::{Folder, Name, Stored, mime_of, read_name};
