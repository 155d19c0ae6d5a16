//! Parts that several pages share.

pub(super) mod field;
pub(super) mod simple_form;
