//! What the tests share: running a machine to its end with scripted task outcomes, and comparing with wildcards.

pub mod matching;
pub mod player;
