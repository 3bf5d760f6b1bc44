//! The promises of the port, case by case, kept by every adapter: the embedded engine, Step Functions, and Step Functions
//! behind the list of our own.
//!
//! To add a case, write it in `suite` and name it in the list below; to add an adapter, write a [`World`](world::World).

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod embedded;
mod emulated;
mod suite;
mod world;

/// Every case over a world.
macro_rules! contract {
    ($adapter:ident, $world:ty: $($file:ident::$case:ident),+ $(,)?) => {
        mod $adapter {
            $(
                #[tokio::test]
                async fn $case() {
                    $crate::suite::$file::$case(&<$world>::new().await).await;
                }
            )+
        }
    };
}

macro_rules! every_adapter {
    ($($file:ident::$case:ident),+ $(,)?) => {
        contract!(over_the_embedded_engine, crate::embedded::Embedded: $($file::$case),+);
        contract!(over_step_functions, crate::emulated::Emulated: $($file::$case),+);
        contract!(over_a_strict_step_functions, crate::emulated::Strict: $($file::$case),+);
        contract!(over_the_list_of_our_own, crate::emulated::Listed: $($file::$case),+);
    };
}

every_adapter!(
    starts::a_second_start_starts_nothing_while_the_first_runs,
    starts::a_second_start_starts_nothing_after_the_end,
    starts::another_input_under_the_same_name_is_the_same_execution,
    starts::many_starts_at_once_are_one_execution,
    starts::an_unknown_saga_is_refused,
    answers::a_success_is_the_state_s_result,
    answers::a_rejection_goes_the_other_way,
    answers::a_transient_failure_comes_again_with_the_next_attempt,
    answers::a_heartbeat_is_taken_while_the_task_waits,
    answers::a_second_answer_is_too_late,
    answers::junk_is_no_token,
    answers::an_unknown_error_fails_the_execution_where_it_stood,
    looking::what_nobody_started_is_not_there,
    looking::a_running_execution_shows_where_it_stands,
    looking::pages_hold_every_execution_once,
    looking::lists_are_of_one_status_and_one_saga,
    looking::the_history_has_one_shape,
    stopping::a_stopped_execution_is_aborted_and_its_name_stays_taken,
    stopping::what_has_ended_cannot_be_stopped,
    stopping::what_goes_well_cannot_be_redriven,
);

// What the plain emulator has not: a token of its own for each attempt, and what neither has: redrive. Over Step Functions that
// is shown on the wire.
contract!(over_the_embedded_engine_alone, crate::embedded::Embedded:
    answers::an_attempt_that_was_given_up_cannot_answer,
    looking::what_an_execution_is_about_finds_it,
    stopping::a_redrive_goes_on_where_it_failed,
);

contract!(over_a_strict_step_functions_alone, crate::emulated::Strict:
    answers::an_attempt_that_was_given_up_cannot_answer,
);

// AWS lists by status alone.
contract!(over_the_list_of_our_own_alone, crate::emulated::Listed: looking::what_an_execution_is_about_finds_it);
