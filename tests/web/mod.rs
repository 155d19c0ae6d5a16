//! The pages and the OAuth server, as a browser and an app meet them.

mod authorizing;
mod deciding;
mod journey;
mod pages;
mod probes;
mod registering;
mod reporting;
mod signing_in;
mod taking_part;
