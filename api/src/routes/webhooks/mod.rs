//! What others tell us by themselves.

pub(crate) mod payments;
