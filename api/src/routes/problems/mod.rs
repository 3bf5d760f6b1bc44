//! What a problem's `type` leads to: the page that says what happened and what to do.

pub(crate) mod get;
