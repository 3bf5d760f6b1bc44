//! Names on the command line: as arguments, or with `-` one a line from the standard input.

use std::io::{self, BufRead as _};

/// The names that were given. `-` stands for those on the standard input, where empty lines are left out.
pub fn given(arguments: &[String]) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for argument in arguments {
        if argument == "-" {
            for line in io::stdin().lock().lines() {
                names.extend(line?.split_whitespace().map(str::to_owned));
            }
        } else {
            names.push(argument.clone());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_names() {
        assert_eq!(given(&["bkg_1".to_owned(), "bkg_2".to_owned()]).unwrap(), ["bkg_1", "bkg_2"]);
    }
}
