//! Tickets on paper: a page of A6 for each, with its QR code as large as the page allows.
//!
//! The letters are those that every reader of PDF brings along (Helvetica), so nothing has to be embedded and a page has some
//! ten kilobytes. They cover the languages of western Europe; what they do not have is written as a question mark.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

use crate::{
    code::TicketCode,
    qr::{self, TooLong},
};

/// What stands on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What is shown.
    pub title: String,
    /// When, by the clock of the theater, as people read it.
    pub when: String,
    /// In which theater and which room.
    pub place: String,
    /// Row and number.
    pub seat: String,
    /// What was paid, as people read it.
    pub price: String,
    /// The number of the ticket, for support.
    pub number: String,
    /// What is scanned at the door.
    pub code: TicketCode,
}

/// A6 in points.
const WIDE: f32 = 297.6;
const HIGH: f32 = 419.5;

/// From the edge of the page to what stands on it.
const MARGIN: f32 = 26.0;

/// The side of the QR code.
const CODE: f32 = 170.0;

const REGULAR: Name<'static> = Name(b"R");
const BOLD: Name<'static> = Name(b"B");

/// The pages as a document.
pub fn document(pages: &[Page]) -> Result<Vec<u8>, TooLong> {
    let [catalog, tree, regular, bold] = [1, 2, 3, 4].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    for (font, name) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let numbered = || (5..).step_by(2).map(|number| (Ref::new(number), Ref::new(number + 1))).zip(pages);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX); // A booking has some ten.
    pdf.pages(tree).kids(numbered().map(|((page, _), _)| page)).count(count);
    for ((id, content), page) in numbered() {
        let mut written = pdf.page(id);
        written.parent(tree).media_box(Rect::new(0.0, 0.0, WIDE, HIGH)).contents(content);
        written.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
        written.finish();
        pdf.stream(content, &drawn(page)?);
    }
    Ok(pdf.finish())
}

#[expect(clippy::float_arithmetic, reason = "points on paper, not money")]
fn drawn(page: &Page) -> Result<Vec<u8>, TooLong> {
    let mut content = Content::new();
    let text = |content: &mut Content, (font, size): (Name<'static>, f32), (x, y): (f32, f32), words: &str| {
        content.begin_text().set_font(font, size).next_line(x, y).show(Str(&western(words))).end_text();
    };
    let mut y = HIGH - 44.0;
    for line in lines(&page.title, 25) {
        text(&mut content, (BOLD, 19.0), (MARGIN, y), &line);
        y -= 22.0;
    }
    text(&mut content, (REGULAR, 11.0), (MARGIN, y), &page.when);
    text(&mut content, (REGULAR, 11.0), (MARGIN, y - 15.0), &page.place);
    content.set_line_width(0.6).set_dash_pattern([2.0, 3.0], 0.0);
    content.move_to(MARGIN, y - 28.0).line_to(WIDE - MARGIN, y - 28.0).stroke();
    text(&mut content, (REGULAR, 9.0), (MARGIN, y - 48.0), "SEAT");
    text(&mut content, (BOLD, 30.0), (MARGIN, y - 76.0), &page.seat);
    text(&mut content, (REGULAR, 11.0), (WIDE - MARGIN - 76.0, y - 72.0), &page.price);
    code(&mut content, ((WIDE - CODE) / 2.0, 44.0), &page.code)?;
    text(&mut content, (REGULAR, 7.0), (MARGIN, 26.0), &page.number);
    Ok(content.finish().into_vec())
}

/// The modules as filled squares, a run of them at a time.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "points on paper, not money")]
fn code(content: &mut Content, (left, bottom): (f32, f32), code: &TicketCode) -> Result<(), TooLong> {
    let matrix = qr::matrix(code)?;
    let side = CODE / matrix.size() as f32;
    content.set_fill_gray(0.0);
    for (row, modules) in matrix.rows().enumerate() {
        let (y, mut x) = (bottom + CODE - side * (row + 1) as f32, 0);
        for run in modules.chunk_by(|a, b| a == b) {
            if run[0] {
                content.rect(left + side * x as f32, y, side * run.len() as f32, side);
            }
            x += run.len();
        }
    }
    content.fill_nonzero();
    Ok(())
}

/// Words in lines of at most so many letters, and never more than three lines.
fn lines(words: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.chars().take(most).collect()),
        }
    }
    lines.truncate(3);
    lines
}

/// The text in Windows-1252, which is what the built-in letters are numbered by.
fn western(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
        '€' => 0x80,
        '–' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '…' => 0x85,
        'Š' => 0x8a,
        'š' => 0x9a,
        'Ž' => 0x8e,
        'ž' => 0x9e,
        'Œ' => 0x8c,
        'œ' => 0x9c,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(seat: &str) -> Page {
        Page {
            title: "A Cartographer of Clouds and Everything That Is Below Them".to_owned(),
            when: "Friday, 20 November 2026, 20:15".to_owned(),
            place: "The Lantern, Great Hall".to_owned(),
            seat: seat.to_owned(),
            price: "11.90 EUR".to_owned(),
            number: "tkt_01".to_owned(),
            code: TicketCode::stored("QUJD_-".repeat(24)),
        }
    }

    #[test]
    fn each_ticket_is_a_page() {
        let pdf = document(&[page("A1"), page("A2")]).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-") && text.trim_end().ends_with("%%EOF"));
        assert_eq!(text.matches("/Type /Page\n").count(), 2);
        assert!(text.contains("(A1) Tj") && text.contains("(A2) Tj"));
        assert!(text.contains("(A Cartographer of Clouds) Tj"), "the title is broken into lines");
    }

    #[test]
    fn letters_of_western_europe_are_written_and_others_are_marked() {
        assert_eq!(western("Zoë – 5 €"), b"Zo\xeb \x96 5 \x80");
        assert_eq!(western("Ω"), b"?");
    }

    #[test]
    fn a_code_that_no_qr_code_holds_is_refused() {
        let code = TicketCode::stored("a".repeat(3000));
        assert!(document(&[Page { code, ..page("A1") }]).is_err());
    }
}
