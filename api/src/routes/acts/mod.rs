//! Acts on sagas, one by one: followed, and decided on by a second person.

pub(crate) mod approve;
pub(crate) mod decline;
pub(crate) mod get;
