//! The context against a real database. One binary, one file a subject; each is marked as a test, so that helpers may
//! unwrap.

#[cfg(test)]
mod contention;
#[cfg(test)]
mod extension;
#[cfg(test)]
mod fencing;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod late;
#[cfg(test)]
mod model;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod release;
#[cfg(test)]
mod take_over;
#[cfg(test)]
mod world;
