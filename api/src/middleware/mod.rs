//! What happens around every request: [`observe`] names it, measures it and gives its errors one shape; [`panics`] turns
//! a panic into an answer; [`rate_limit`] keeps one address from taking everything.

pub(crate) mod observe;
pub(crate) mod panics;
pub(crate) mod rate_limit;
