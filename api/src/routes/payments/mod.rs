//! Payments: what became of the money, with everything that was asked and booked.

pub(crate) mod get;
