//! The pages and the OAuth server, as a browser and an app meet them.

mod authorizing;
mod deciding;
mod house_rules;
mod leaving;
mod moving;
mod newcomers;
mod pages;
mod probes;
mod registering;
mod reporting;
mod signing_in;
mod taking_part;
mod transferring;
