//! Takes the text of a query apart: terms, and in each field, operator and values, with their places.

use std::ops::Range;

use winnow::{
    LocatingSlice, ModalResult, Parser as _,
    ascii::multispace0,
    combinator::{alt, cut_err, delimited, opt, preceded, repeat, terminated},
    error::{ContextError, StrContext, StrContextValue},
    token::{take_till, take_while},
};

const MISSING: StrContext = StrContext::Expected(StrContextValue::Description("a value is missing here"));

type Input<'a> = LocatingSlice<&'a str>;

/// A piece of the text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub at: Range<usize>,
    /// Whether it stood in quotes, and so is meant as it is.
    pub quoted: bool,
}

/// A term as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    pub not: bool,
    /// What stands before the operator; a value alone has neither.
    pub field: Option<(Piece, &'static str)>,
    pub values: Vec<Piece>,
    pub at: Range<usize>,
}

/// The terms of a text, or where it cannot be read any further and why.
pub(super) fn terms(text: &str) -> Result<Vec<Raw>, (Range<usize>, String)> {
    let mut whole = preceded(multispace0, repeat(0.., terminated(term, multispace0)));
    whole.parse(LocatingSlice::new(text)).map_err(|error| {
        let at = error.char_span();
        (at, expected(error.inner()))
    })
}

fn expected(error: &ContextError) -> String {
    let mut expected = error.context().filter_map(|context| match context {
        StrContext::Expected(StrContextValue::Description(description)) => Some(*description),
        _ => None,
    });
    // The innermost comes first.
    expected.next().unwrap_or("a term is a field, an operator and a value, such as `status:running`").to_owned()
}

fn term(input: &mut Input<'_>) -> ModalResult<Raw> {
    let ((not, (field, values)), at) = (minus, alt((named, alone))).with_span().parse_next(input)?;
    Ok(Raw { not, field, values, at })
}

fn minus(input: &mut Input<'_>) -> ModalResult<bool> {
    opt('-').map(|minus| minus.is_some()).parse_next(input)
}

/// What stands before the values, and they.
type Asked = (Option<(Piece, &'static str)>, Vec<Piece>);

fn named(input: &mut Input<'_>) -> ModalResult<Asked> {
    let ((text, at), operator) = (name.with_span(), operator).parse_next(input)?;
    let values = cut_err(values).context(MISSING).parse_next(input)?;
    Ok((Some((Piece { text: text.to_owned(), at, quoted: false }, operator)), values))
}

fn alone(input: &mut Input<'_>) -> ModalResult<Asked> {
    values.map(|values| (None, values)).parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> ModalResult<&'a str> {
    take_while(1.., |c: char| c.is_ascii_alphabetic() || c == '_').parse_next(input)
}

fn operator(input: &mut Input<'_>) -> ModalResult<&'static str> {
    alt((">=".value(">="), "<=".value("<="), ">".value(">"), "<".value("<"), ":".value(":"), "=".value(":")))
        .parse_next(input)
}

fn values(input: &mut Input<'_>) -> ModalResult<Vec<Piece>> {
    let more = repeat(0.., preceded(',', cut_err(value).context(MISSING)));
    let (first, more): (_, Vec<Piece>) = (value, more).parse_next(input)?;
    Ok([vec![first], more].concat())
}

fn value(input: &mut Input<'_>) -> ModalResult<Piece> {
    alt((quoted, bare)).parse_next(input)
}

fn quoted(input: &mut Input<'_>) -> ModalResult<Piece> {
    let open = StrContext::Expected(StrContextValue::Description("the closing quote is missing"));
    let mut quoted = delimited('"', take_till(0.., '"'), cut_err('"').context(open)).with_span();
    let (text, at): (&str, Range<usize>) = quoted.parse_next(input)?;
    Ok(Piece { text: text.to_owned(), at, quoted: true })
}

fn bare(input: &mut Input<'_>) -> ModalResult<Piece> {
    let mut bare = take_till(1.., |c: char| c.is_whitespace() || matches!(c, ',' | '"')).with_span();
    let (text, at): (&str, Range<usize>) = bare.parse_next(input)?;
    Ok(Piece { text: text.to_owned(), at, quoted: false })
}
