//! The cases, by what they are about.

pub mod answers;
pub mod looking;
pub mod starts;
pub mod stopping;
