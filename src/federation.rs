//! The federation shell: everything between Cordée and other nodes. This half is the wire (signing, verifying,
//! fetching, address rules, inboxes, deliveries, discovery); the vocabulary lies in `objects` and `activities`.

pub mod proof;
pub mod sign;
pub mod verify;
