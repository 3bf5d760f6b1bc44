//! Ticket codes drawn as QR codes: [`matrix`] for whoever draws, [`svg`] for a browser.
//!
//! Error correction is at level M (15 % may be unreadable): right for a phone's screen, and one size coarser than the next
//! level. Another format is another function over the [`Matrix`].

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use crate::code::TicketCode;

/// The empty border that scanners need, in modules (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// A code longer than any QR code holds. No code that we sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is too long to be drawn")]
pub struct TooLong;

/// A square of dark and light modules, without the empty border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    size: usize,
    dark: Vec<bool>,
}

impl Matrix {
    /// Modules to a side.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The rows from top to bottom, each from left to right; true is dark.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.size)
    }
}

/// The modules of a ticket's QR code.
pub fn matrix(code: &TicketCode) -> Result<Matrix, TooLong> {
    let qr = QRBuilder::new(code.as_str()).ecl(ECL::M).build().map_err(|_| TooLong)?;
    let dark = (0..qr.size).flat_map(|row| qr[row].iter().take(qr.size).map(|module| module.value())).collect();
    Ok(Matrix { size: qr.size, dark })
}

/// The QR code as a picture that scales: black on white whatever the page around it, with the border that scanners need.
pub fn svg(code: &TicketCode) -> Result<String, TooLong> {
    let matrix = matrix(code)?;
    let side = matrix.size + 2 * QUIET_ZONE;
    let mut path = String::new();
    for (y, row) in matrix.rows().enumerate() {
        let mut x = 0;
        // One stroke for each run of dark modules: a third of the size of a square each, and no hairlines in between.
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] {
                let (left, top, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                let _ = write!(path, "M{left} {top}h{length}v1h-{length}z"); // Writing to a string cannot fail.
            }
            x += run.len();
        }
    }
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label="QR code of the ticket" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> TicketCode {
        TicketCode::stored("QUJD_-".repeat(24))
    }

    #[test]
    fn a_code_of_usual_length_has_three_finders_and_a_known_size() {
        let matrix = matrix(&code()).unwrap();
        assert_eq!(matrix.size(), 49, "version 8: 17 + 4 * 8 modules");
        let rows: Vec<&[bool]> = matrix.rows().collect();
        let finder = |top: usize, left: usize| {
            (0..7).all(|y| (0..7).all(|x| rows[top + y][left + x] == (y.min(6 - y).min(x).min(6 - x) != 1)))
        };
        assert!(finder(0, 0) && finder(0, 42) && finder(42, 0));
        assert!(!finder(42, 42));
    }

    #[test]
    fn the_picture_covers_every_dark_module_once() {
        let dark = matrix(&code()).unwrap().dark.iter().filter(|dark| **dark).count();
        let svg = svg(&code()).unwrap();
        let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
        let drawn =
            path.split('h').skip(1).step_by(2).map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(drawn.sum::<usize>(), dark);
        assert!(svg.contains(r#"viewBox="0 0 57 57""#));
    }

    #[test]
    fn what_no_qr_code_holds_is_refused() {
        assert!(matrix(&TicketCode::stored("a".repeat(3000))).is_err());
    }
}
