//! The same tests over every other engine and transport, as a table. To have a test run here, list it; what is left out says
//! why.

use std::{panic::catch_unwind, sync::Mutex};

use crate::{cancel, outcomes, over::Over, race, repeats, requests};

/// A test by its name.
type Test = (&'static str, fn());

macro_rules! tests {
    ($($module:ident::$test:ident),+ $(,)?) => {
        &[$((concat!(stringify!($module), "::", stringify!($test)), $module::$test as fn())),+]
    };
}

/// Not here: `timers`, because no emulator can redrive, `privacy`, because what is planted there is planted in our own
/// tables, and what looks into the embedded queue's.
const TESTS: &[Test] = tests![
    outcomes::a_paid_booking_ends_with_tickets_and_one_message,
    outcomes::a_declined_card_leaves_free_seats_and_no_charge,
    outcomes::a_lost_answer_is_looked_up_and_not_charged_again,
    outcomes::an_error_of_the_provider_is_tried_again_under_the_same_reference,
    outcomes::taken_seats_are_named_and_nothing_is_kept,
    outcomes::a_hold_becomes_the_booking_s_own,
    outcomes::a_start_that_nobody_handed_over_is_found_by_the_relay,
    outcomes::a_second_start_of_the_same_booking_starts_nothing,
    cancel::before_anything_happened,
    cancel::after_the_reservation,
    cancel::after_the_charge,
    cancel::after_the_tickets,
    cancel::after_the_message,
    cancel::twice_is_once,
    cancel::a_rejected_booking_has_nothing_to_cancel,
    repeats::messages_that_come_three_times_have_one_effect,
    repeats::messages_that_come_twice_and_out_of_order_have_one_effect,
    repeats::a_worker_that_dies_before_its_report_repeats_nothing,
    repeats::a_worker_that_dies_before_its_acknowledgement_repeats_nothing,
    requests::a_step_that_answers_too_much_is_rejected_and_undone,
    race::two_hundred_bookings_of_the_same_four_seats_sell_them_once,
];

/// How many run at once: they mostly wait.
const AT_ONCE: usize = 4;

#[test]
fn over_amqp() {
    every_test_passes(Over::Amqp);
}

#[test]
fn over_step_functions_and_sqs() {
    every_test_passes(Over::Aws);
}

#[test]
fn over_step_functions_and_amqp() {
    every_test_passes(Over::AwsAmqp);
}

/// Runs them, each on a thread of its own and with a runtime of its own, prints a row for each, and fails with the names of
/// those that failed.
#[expect(clippy::print_stdout, reason = "the table is for people")]
fn every_test_passes(over: Over) {
    // Broker and emulator end with the runtime that started them, so that is one that lasts as long as all tests.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(over.flags());
    let left = Mutex::new(TESTS.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                over.choose();
                while let Some((name, test)) = { left.lock().unwrap().next() } {
                    let passed = catch_unwind(test).is_ok();
                    println!("| {name} | {} | {} |", over.name(), if passed { "passes" } else { "FAILS" });
                    if !passed {
                        failed.lock().unwrap().push(*name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} tests failed over {}: {failed:#?}", failed.len(), TESTS.len(), over.name());
}
