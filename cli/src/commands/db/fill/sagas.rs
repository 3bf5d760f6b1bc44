//! Executions as the engine would have left them: each kind is played once by the interpreter itself, and copied.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;
use usher_asl::{Event, Identity, StateMachine, Status, conformance::Player};
use usher_workflows::definitions::{BOOKING, CANCELLATION, REFUND};

use super::template::{PLAYED_AT, Template};

/// What an execution did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Story {
    Confirmed,
    Declined,
    SeatsGone,
    Stuck,
    TimedOut,
    Aborted,
    Cancelled,
    Owed,
    Goodwill,
}

/// All stories, with the saga that each is of.
const STORIES: [(Story, &str); 9] = [
    (Story::Confirmed, BOOKING.name),
    (Story::Declined, BOOKING.name),
    (Story::SeatsGone, BOOKING.name),
    (Story::Stuck, BOOKING.name),
    (Story::TimedOut, BOOKING.name),
    (Story::Aborted, BOOKING.name),
    (Story::Cancelled, CANCELLATION.name),
    (Story::Owed, CANCELLATION.name),
    (Story::Goodwill, REFUND.name),
];

/// A story that was played.
#[derive(Debug)]
pub struct Played {
    pub saga: &'static str,
    pub definition: String,
    pub status: &'static str,
    /// How many transitions it took.
    pub version: u64,
    pub snapshot: Template,
    pub history: Template,
    /// From its beginning to its end.
    pub took: Duration,
}

/// Every story, ready to be copied.
#[derive(Debug)]
pub struct Sagas(HashMap<Story, Played>);

impl Sagas {
    /// Plays them on the definitions that were deployed last.
    pub async fn load(engine: &PgPool) -> anyhow::Result<Self> {
        let mut played = HashMap::new();
        for (story, saga) in STORIES {
            let (hash, definition): (String, String) = sqlx::query_as(
                "SELECT hash, definition FROM orchestrator.definitions WHERE saga = $1 ORDER BY created_at DESC LIMIT 1",
            )
            .bind(saga)
            .fetch_one(engine)
            .await?;
            let machine = StateMachine::parse(&definition)
                .map_err(|problems| anyhow!("{saga} cannot be played: {problems:?}"))?;
            played.insert(story, play(story, saga, hash, machine).with_context(|| format!("playing {story:?}"))?);
        }
        Ok(Self(played))
    }

    /// The story, played.
    pub fn of(&self, story: Story) -> anyhow::Result<&Played> {
        self.0.get(&story).with_context(|| format!("{story:?} was not played"))
    }
}

/// What a step answers.
enum Answer {
    Gives(Value),
    Throws(&'static str, &'static str),
}

/// How a state answers in a story; states without an answer stay silent.
fn answer(story: Story, state: &str) -> Option<Answer> {
    use Answer::{Gives, Throws};
    Some(match (story, state) {
        (Story::TimedOut | Story::Aborted, _) => return None,
        (Story::SeatsGone, "ReserveSeats") => Throws("SeatUnavailable", "other bookings have these seats"),
        (Story::Declined, "ChargePayment") => Throws("PaymentDeclined", "card_declined"),
        (Story::Stuck, "IssueTickets") => Throws("HoldExpired", "the seats went to somebody else"),
        (Story::Stuck, "RefundPayment") => Throws("InvalidRequest", "the provider does not accept our key any more"),
        (_, "ReserveSeats") => Gives(json!({ "hold_id": "@hold@", "epoch": "@@epoch@@" })),
        (_, "ChargePayment") => Gives(json!({ "payment_id": "@payment@" })),
        (_, "IssueTickets") => Gives(json!({ "tickets": "@@tickets@@" })),
        (_, "RevokeTickets") => Gives(json!({ "tickets": 0 })),
        (_, "RefundPayment") => Gives(json!({ "amount": "@@given@@", "pending": false, "owed": story == Story::Owed })),
        (_, "ReleaseSeats") => {
            Gives(json!({ "outcome": if is_cancellation(story) { "cancelled" } else { "rejected" } }))
        }
        (_, "ExecuteRefund") => Gives(json!({ "status": "succeeded", "decided": true, "look_again_seconds": 5 })),
        _ => Gives(json!(null)),
    })
}

const fn is_cancellation(story: Story) -> bool {
    matches!(story, Story::Cancelled | Story::Owed)
}

fn input(story: Story) -> Value {
    if story == Story::Goodwill {
        return json!({
            "refund_id": "@refund@", "payment_id": "@payment@", "booking_id": "@booking@", "amount": "@@given@@",
        });
    }
    let mut input = json!({
        "booking_id": "@booking@", "user_id": "@user@", "showtime_id": "@showtime@", "seats": "@@seats@@",
        "total": "@@total@@", "payment_method": "@method@",
    });
    if is_cancellation(story) {
        input["cancellation"] = json!({ "refund": "@@given@@", "by_house": false });
    }
    input
}

fn play(story: Story, saga: &'static str, definition: String, machine: StateMachine) -> anyhow::Result<Played> {
    let identity = Identity {
        execution_id: format!("{saga}:@execution@"),
        execution_name: "@execution@".to_owned(),
        state_machine_id: saga.to_owned(),
        state_machine_name: saga.to_owned(),
        role_arn: String::new(),
        started_at: PLAYED_AT,
    };
    let mut player = Player::start(machine, identity, input(story));
    let mut transitions = 1;
    loop {
        while let Some(task) = player.take_task() {
            player.send(Event::TaskStarted { token: task.token.clone() })?;
            player.send(Event::TaskSubmitted { token: task.token.clone(), output: json!({}) })?;
            let Some(answer) = answer(story, &task.state) else { continue };
            player.now += Duration::milliseconds(9);
            player.send(match answer {
                Answer::Gives(output) => Event::TaskSucceeded { token: task.token, output },
                Answer::Throws(error, cause) => Event::TaskFailed {
                    token: task.token,
                    error: Some(error.to_owned()),
                    cause: Some(cause.to_owned()),
                },
            })?;
            transitions += 1;
        }
        if story == Story::Aborted && *player.execution.status() == Status::Running {
            player.now += Duration::minutes(3);
            let (error, cause) = (Some("Operator.Stopped".to_owned()), Some("the showtime was a mistake".to_owned()));
            player.send(Event::Stop { error, cause })?;
            transitions += 1;
        }
        if !player.jump() {
            break;
        }
        transitions += 1;
    }
    Ok(Played {
        saga,
        definition,
        status: player.execution.status().name(),
        version: transitions,
        snapshot: Template::of(&serde_json::to_string(&player.execution)?),
        history: Template::of(&serde_json::to_string(&player.history)?),
        took: player.now - PLAYED_AT,
    })
}
