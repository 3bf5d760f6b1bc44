//! The fields of a query, for the parser, for help and for completion.

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// An example.
    pub example: &'static str,
    /// Whether it is compared with `>` and its like, or with `:`.
    pub compared: bool,
}

const fn named(name: &'static str, takes: &'static str, example: &'static str) -> Field {
    Field { name, takes, example, compared: false }
}

const fn compared(name: &'static str, takes: &'static str, example: &'static str) -> Field {
    Field { name, takes, example, compared: true }
}

/// All of them.
pub const FIELDS: [Field; 13] = [
    named(
        "status",
        "running, succeeded, failed, timed_out, aborted, or unhappy for the last three",
        "status:failed,timed_out",
    ),
    named("saga", "booking, cancellation, refund or showtime-cancellation", "saga:refund"),
    named(
        "step",
        "the state it stands in, or its step; in quotes for a state that no present definition has",
        "step:ChargePayment",
    ),
    compared("age", "time since it began: 90s, 10m, 1h30m, 2d", "age>10m"),
    compared("attempt", "attempts of its present step before this one", "attempt>=3"),
    named("error", "the last error it met; * stands for anything", "error:Usher.*"),
    named("booking", "a booking, its cancellations and refunds included", "booking:bkg_..."),
    named("user", "whose booking it is", "user:usr_..."),
    named("seat", "one of its seats", "seat:A1"),
    named("showtime", "what its seats are for", "showtime:sho_..."),
    named(
        "payment",
        "a payment, or the reference under which the provider knows a charge or refund",
        "payment:pay_...",
    ),
    named("version", "the beginning of the hash of its definition", "version:bcbb898a"),
    named("name", "the execution's own name", "name:can_..."),
];

/// The field of this name, or the one that was probably meant.
pub(super) fn find(name: &str) -> Result<&'static Field, Option<&'static str>> {
    let name = name.to_ascii_lowercase();
    FIELDS.iter().find(|field| field.name == name).ok_or_else(|| nearest(&name, FIELDS.iter().map(|field| field.name)))
}

/// Which of the words was probably meant.
pub(super) fn nearest<'w>(typed: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let typed = typed.to_ascii_lowercase();
    let near = words.into_iter().map(|word| (strsim::damerau_levenshtein(&typed, &word.to_ascii_lowercase()), word));
    let (distance, word) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 || distance * 3 <= word.len()).then_some(word)
}
