//! The context against a real database. One binary, one file a subject; each is marked as a test, so that helpers may
//! unwrap.

#[cfg(test)]
mod cancel;
#[cfg(test)]
mod progress;
#[cfg(test)]
mod race;
#[cfg(test)]
mod read;
#[cfg(test)]
mod request;
#[cfg(test)]
mod transitions;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod world;
