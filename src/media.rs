//! Files of people: images are decoded under limits, turned upright and encoded anew without metadata, others are kept as
//! they are. Uploads lie under random names in the node's store, pictures of other nodes for a while in a cache.

mod bucket;
pub mod cache;
pub mod file;
mod folder;
mod forget;
mod image;
pub mod names;
mod outlook;
pub mod remote;
mod store;
mod turns;

pub use bucket::Settings as BucketSettings;
pub use image::{
    AVATAR, Encoded, HEADER, Limits, Picture, is_picture, profile_picture, read_picture,
};
pub use names::{Name, mime_of, read_name};
pub use outlook::{Outlook, look};
pub use store::{Opened, Store};
