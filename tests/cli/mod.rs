//! The command line as scripts rely on it: exit statuses, one-line messages, printed settings.

mod communities;
mod doctoring;
mod migrating;
mod networks;
mod peers;
mod people;
mod seeding;
mod serving;
mod settings;
mod usage;
