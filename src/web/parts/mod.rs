//! Parts that several pages share.

pub(super) mod card;
pub(super) mod community;
pub(super) mod field;
pub(super) mod newcomer;
pub(super) mod person;
pub(super) mod quoted;
pub(super) mod rules;
pub(super) mod scene;
pub(super) mod simple_form;
pub(super) mod title;
