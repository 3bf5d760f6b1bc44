//! What the tests share: running a machine to its end with scripted task outcomes.

pub mod player;
