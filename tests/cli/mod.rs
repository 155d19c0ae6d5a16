//! The command line as scripts rely on it: exit statuses, one-line messages, printed settings.

mod migrating;
mod people;
mod settings;
mod usage;
