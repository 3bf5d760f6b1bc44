//! What the contexts stand on, against a real PostgreSQL. One binary, one file a subject; each is marked as a test, so
//! that helpers may unwrap.

#[cfg(test)]
mod group_commit;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod idempotency_model;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod once;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod support;
