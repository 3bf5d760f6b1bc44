//! What commands print, all in one manner: a command makes a [`Shown`], and `-o` decides how it looks.
//!
//! - `table` and `wide` are for people: no colour, times in UTC with their age, and the same piped as on a screen.
//! - `json` and `yaml` are the body of the API's answer, whole and unchanged, so that what works on one works on the other.
//! - `ids` is one name a line, for `xargs` and for commands that take `-`.
//!
//! [`exit`] has the exit codes, [`when`] writes moments, [`ids`] reads names from arguments or the standard input.
//! To show something new, implement a function from its JSON to a [`Shown`]; see `commands/saga`.

pub mod exit;
pub mod ids;
pub mod shown;
pub mod when;

pub use exit::{Ended, Exit};
pub use shown::{Format, Output, Shown, text};
