//! The contract: as a document for programs, and as a page for people.

pub(crate) mod openapi;
pub(crate) mod page;
