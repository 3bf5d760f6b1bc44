//! The same tests over every other engine and transport, as a table. To have a test run here, list it; what is left out says
//! why.

use std::{fs, panic::catch_unwind, path::Path, sync::Mutex};

use crate::{cancel, challenge, outcomes, over::Over, parts, race, refunds, repeats, requests, sweep};

/// A test by its name.
type Test = (&'static str, fn());

macro_rules! tests {
    ($($module:ident::$test:ident),+ $(,)?) => {
        &[$((concat!(stringify!($module), "::", stringify!($test)), $module::$test as fn())),+]
    };
}

/// Not here: `timers`, because no emulator can redrive, `privacy`, because what is planted there is planted in our own
/// tables, `matrix`, which is about the provider, and `repeats::each_step_alone`, which takes apart what `repeats` does to all
/// steps at once.
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
    refunds::a_kindness_leaves_the_booking_and_its_tickets_alone,
    refunds::a_refund_that_is_undecided_is_told_as_that_and_followed_to_its_end,
    refunds::a_refund_that_fails_frees_the_seat_owes_the_money_and_is_paid_out_another_way,
    refunds::a_rejected_booking_whose_refund_fails_is_told_honestly,
    parts::one_seat_of_four_is_free_and_three_tickets_stay_valid,
    parts::whatever_comes_twice_a_part_is_cancelled_once,
    parts::a_worker_that_dies_at_any_step_of_it_changes_nothing,
    parts::one_part_at_a_time_and_the_rest_afterwards,
    parts::cancelling_without_a_refund_and_with_a_fee_keeps_what_it_says,
    sweep::every_booking_is_cancelled_and_five_thousand_would_stay_within_the_limits_of_aws,
    sweep::a_sweep_that_is_killed_at_every_page_goes_on,
    sweep::a_sweep_whose_pages_come_twice_cancels_once,
    challenge::a_challenge_that_is_passed_ends_in_tickets_and_one_that_is_failed_in_free_seats,
    challenge::a_customer_who_never_answers_loses_the_seats_and_pays_nothing,
    requests::what_is_no_request_is_a_dead_letter_with_its_reason_and_the_worker_lives_on,
    requests::a_step_that_answers_too_much_is_rejected_and_undone,
    race::two_hundred_bookings_of_the_same_four_seats_sell_them_once,
];

/// How many run at once: they mostly wait.
const AT_ONCE: usize = 4;

/// Each of them runs over these by itself too.
#[test]
#[ignore = "for the table of `make contract`"]
fn over_embedded() {
    every_test_passes(Over::Embedded);
}

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

/// The rows of the table, for `make contract`: where the contract of queues and topics puts its own.
fn keep(over: Over, verdicts: &[(&str, bool)]) {
    let rows = verdicts.iter().map(|(name, passed)| {
        let (subject, case) = name.split_once("::").unwrap();
        format!("{subject}\t{}\t{}\t{}\t\n", case.replace('_', " "), over.name(), verdict(*passed))
    });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{}.tsv", over.name())), rows.collect::<String>()).unwrap();
}

const fn verdict(passed: bool) -> &'static str {
    if passed { "passes" } else { "FAILS" }
}

/// Runs them, each on a thread of its own and with a runtime of its own, prints a row for each, and fails with the names of
/// those that failed.
#[expect(clippy::print_stdout, reason = "the table is for people")]
fn every_test_passes(over: Over) {
    // Broker and emulator end with the runtime that started them, so that is one that lasts as long as all tests.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(over.flags());
    let left = Mutex::new(TESTS.iter().enumerate());
    let verdicts = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                over.choose();
                while let Some((place, (name, test))) = { left.lock().unwrap().next() } {
                    let passed = catch_unwind(test).is_ok();
                    println!("| {name} | {} | {} |", over.name(), verdict(passed));
                    verdicts.lock().unwrap().push((place, (*name, passed)));
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap();
    verdicts.sort_unstable();
    let verdicts: Vec<_> = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
    keep(over, &verdicts);
    let failed: Vec<_> = verdicts.iter().filter(|(_, passed)| !passed).map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "{} of {} tests failed over {}: {failed:#?}", failed.len(), TESTS.len(), over.name());
}
