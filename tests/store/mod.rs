//! The database through its two doors, on every kind that this machine offers.

mod at_once;
mod doors;
mod plans;
mod processes;
mod queues;
mod races;
mod reading;
mod thread;
