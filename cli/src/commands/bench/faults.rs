//! `usher bench-faults`: what a place where a drill could make something go wrong costs while none does.
//!
//! Times on one machine mean little on another; what counts are the ratio to a bare relaxed load, and the share of a
//! booking, which passes some twenty places.

use std::{
    hint::black_box,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use clap::Args;
use usher_core::faults::{Faults, Point, Subject};

/// Places that a booking passes: one start, and five for each of its four steps.
const PLACES: u32 = 21;

/// The processor time of a booking in the bench, rounded down: half a millisecond.
const BOOKING: Duration = Duration::from_micros(500);

#[derive(Debug, Args)]
pub struct BenchFaults {
    /// How often each is done.
    #[arg(long, default_value_t = 200_000_000)]
    times: u32,
}

impl BenchFaults {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    #[expect(clippy::float_arithmetic, reason = "measurements")]
    pub fn run(self) -> ExitCode {
        let (faults, flag) = (Faults::default(), AtomicBool::new(false));
        let subject = Subject { saga: "booking", execution: "bkg_1", step: "reserve-seats", booking: Some("bkg_1") };
        let nothing = self.measure(|| false);
        let load = self.measure(|| black_box(&flag).load(Ordering::Relaxed));
        let place = self.measure(|| black_box(&faults).at(Point::BeforeToken, black_box(&subject)).is_some());
        let share = place.saturating_sub(nothing).as_secs_f64() / f64::from(self.times) * f64::from(PLACES)
            / BOOKING.as_secs_f64();
        let each = |taken: Duration| taken.as_secs_f64() / f64::from(self.times) * 1e9;
        println!("an empty round      {:>6.2} ns", each(nothing));
        println!("a relaxed load      {:>6.2} ns", each(load));
        println!(
            "a place that is off {:>6.2} ns, {:.2} times a relaxed load",
            each(place),
            place.as_secs_f64() / load.as_secs_f64()
        );
        println!(
            "of a booking        {:>6.4} %, {PLACES} places in {} microseconds",
            share * 100.0,
            BOOKING.as_micros()
        );
        ExitCode::SUCCESS
    }

    fn measure(&self, work: impl Fn() -> bool) -> Duration {
        let begun = Instant::now();
        for _ in 0..self.times {
            black_box(work());
        }
        begun.elapsed()
    }
}
