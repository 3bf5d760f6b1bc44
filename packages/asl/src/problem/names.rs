//! Words for what was probably meant, and for what is allowed.

/// The known name that is nearest to `name`, when it is near enough to be a slip of the pen.
pub(crate) fn similar<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let folded = name.to_lowercase();
    let near = known.into_iter().filter(|other| *other != name).map(|other| {
        let slips = strsim::damerau_levenshtein(&folded, &other.to_lowercase());
        (slips, other)
    });
    // A third of the letters may be wrong: enough for a swap and a plural, too few to turn one word into another.
    near.min_by_key(|(slips, _)| *slips)
        .filter(|(slips, _)| slips * 3 <= name.chars().count().max(3))
        .map(|(_, name)| name)
}

/// `'A', 'B' and 'C'`.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_offered() {
        let known = ["TimeoutSeconds", "HeartbeatSeconds", "Next", "End"];
        assert_eq!(similar("TimeOutSecond", known), Some("TimeoutSeconds"));
        assert_eq!(similar("Nxet", known), Some("Next"));
        assert_eq!(similar("next", known), Some("Next"));
        assert_eq!(similar("Resource", known), None);
        assert_eq!(similar("", known), None);
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(listed([]), "nothing");
        assert_eq!(listed(["A"]), "'A'");
        assert_eq!(listed(["A", "B", "C"]), "'A', 'B' and 'C'");
    }
}
