//! Card numbers: as many digits as cards have, in one piece or in the groups that are printed on them, whose first digits
//! are an issuer's and whose last is the check digit (ISO/IEC 7812-1, annex B: Luhn).

use std::ops::Range;

/// How the digits may stand in groups: not at all, by four, or as American Express prints them.
const GROUPS: [&[usize]; 5] = [&[4, 4, 4, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 1], &[4, 6, 5], &[4, 6, 4]];

/// Every card number in the text. Digits within a longer word - an id, a hash, a trace - are none.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = text[from..].find(|character: char| character.is_ascii_digit()).map(|at| from + at) {
        let run = &text[begin..];
        let other = |character: char| !(character.is_ascii_digit() || matches!(character, ' ' | '-'));
        let run = run[..run.find(other).unwrap_or(run.len())].trim_end_matches(' ');
        let end = begin + run.len();
        if stands_alone(text, begin, end) {
            found.extend(within(run).map(|range| begin + range.start..begin + range.end));
        }
        from = end;
    }
    found
}

/// Whether what is before and after belongs to something else: a word, or a number with a fraction.
fn stands_alone(text: &str, begin: usize, end: usize) -> bool {
    let joins = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '+');
    !text[..begin].ends_with(joins) && !text[end..].starts_with(|character: char| character.is_alphanumeric())
}

/// The card number that a run of digits and gaps is or begins with.
fn within(run: &str) -> Option<Range<usize>> {
    let mut groups: Vec<(usize, usize)> = Vec::new(); // where each begins and ends
    let mut at = 0;
    for group in run.split([' ', '-']) {
        if group.is_empty() {
            break; // Two gaps are no grouping.
        }
        groups.push((at, at + group.len()));
        at += group.len() + 1;
    }
    let is_card = |range: Range<usize>| -> bool {
        let digits: Vec<u32> = run[range].chars().filter_map(|character| character.to_digit(10)).collect();
        (13..=19).contains(&digits.len()) && is_issued(&digits) && passes_luhn(&digits)
    };
    let (first, in_one_piece) = groups.first().map(|&(begin, end)| (begin, begin..end))?;
    let grouped = GROUPS.iter().filter_map(|sizes| {
        let taken = groups.get(..sizes.len())?;
        let fits = taken.iter().zip(*sizes).all(|((begin, end), size)| end - begin == *size);
        fits.then(|| first..taken.last().map_or(first, |&(_, end)| end))
    });
    std::iter::once(in_one_piece).chain(grouped).find(|range| is_card(range.clone()))
}

/// The first digits of travel, bank and credit cards (3 to 6), and of the newer range of Mastercard, 2221 to 2720.
fn is_issued(digits: &[u32]) -> bool {
    let first_four = digits.iter().take(4).fold(0, |number, digit| number * 10 + digit);
    matches!(digits.first(), Some(3..=6)) || (2221..=2720).contains(&first_four)
}

fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}
