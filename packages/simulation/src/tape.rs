//! What a step drew from outside - time, random numbers, tokens - kept, so that the reference can be lent the very
//! same.

use std::collections::VecDeque;

use time::OffsetDateTime;
use usher_asl::Surroundings;

/// More than any step of a random definition gives out.
const TOKENS_OF_A_STEP: usize = 64;

/// What one step drew.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tape {
    pub now: OffsetDateTime,
    random: VecDeque<u64>,
    tokens: VecDeque<String>,
}

impl Tape {
    /// Lets `work` draw afresh, and keeps what it drew.
    pub fn record<T>(
        now: OffsetDateTime,
        mut random: impl FnMut() -> u64,
        mut token: impl FnMut() -> String,
        work: impl FnOnce(&mut Surroundings<'_>) -> T,
    ) -> (T, Self) {
        let mut tape = Self { now, random: VecDeque::new(), tokens: VecDeque::new() };
        let mut random = || {
            let drawn = random();
            tape.random.push_back(drawn);
            drawn
        };
        let mut new_token = || {
            let given = token();
            tape.tokens.push_back(given.clone());
            given
        };
        let result = work(&mut Surroundings { now, random: &mut random, new_token: &mut new_token });
        (result, tape)
    }

    /// A tape that was never recorded: no chance in it, and tokens that are numbered under `serial`.
    pub fn of_numbers(now: OffsetDateTime, serial: u64) -> Self {
        let tokens = (0..TOKENS_OF_A_STEP).map(|number| format!("{serial}-{number}")).collect();
        Self { now, random: VecDeque::new(), tokens }
    }

    /// The tokens that were given out.
    pub fn tokens(&self) -> impl Iterator<Item = &String> {
        self.tokens.iter()
    }

    /// Lets `work` draw the same again. Whoever draws more gets nothing of use, and differs.
    pub fn replay<T>(mut self, work: impl FnOnce(&mut Surroundings<'_>) -> T) -> T {
        let mut random = || self.random.pop_front().unwrap_or_default();
        let mut new_token = || self.tokens.pop_front().unwrap_or_default();
        work(&mut Surroundings { now: self.now, random: &mut random, new_token: &mut new_token })
    }
}
