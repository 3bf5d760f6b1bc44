//! What films can be looked for by.

pub(crate) mod list;
