//! Content that is made rather than written: the sample world of the demo, and data for measuring. Both go through the
//! same actions as people do.

pub mod clock;
pub mod demo;
pub mod posts;
pub mod seed;
mod words;
pub mod world;
