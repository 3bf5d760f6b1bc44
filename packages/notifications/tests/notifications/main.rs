//! Notifications against a real database. One binary, so that it links once; a file for each subject.

#[cfg(test)]
mod read;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tell;
