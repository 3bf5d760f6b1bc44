//! Tickets against a real database. One binary, so that it links once; a file for each operation.

#[cfg(test)]
mod issue;
#[cfg(test)]
mod revoke;
#[cfg(test)]
mod support;
