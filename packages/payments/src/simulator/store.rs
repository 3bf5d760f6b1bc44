//! The simulator's record in PostgreSQL. Requests that arrive together share a transaction: 256 charges at once cost the
//! disk a handful of writes, so that a bench measures Usher and not its provider.

pub(super) mod charge;
pub(super) mod refund;
