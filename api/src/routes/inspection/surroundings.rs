//! Everything that happened around a saga, from every part of the product that wrote it down.

use usher_core::{ids::BookingId, trace::TraceContext};
use usher_database::{inbox, outbox};
use usher_inspection::{
    incidents::Which,
    timeline::{self, Entry, Layer},
};
use usher_workflows::{delivery::Delivery, orchestrator::Execution, step::STEPS};

use super::facts::status;
use crate::{problem::Problem, state::AppState};

/// The timeline of an execution. Payments, tickets and messages are those of its booking, whichever saga made them.
pub(super) async fn of(
    state: &AppState,
    execution: &Execution,
    (history, deliveries): (&[serde_json::Value], &[Delivery]),
) -> Result<Vec<Entry>, Problem> {
    let trace: Option<TraceContext> = execution.input["traceparent"].as_str().and_then(|text| text.parse().ok());
    let trace_id = trace.map(|trace| trace.trace_id().clone());
    let mut entries: Vec<Entry> = timeline::of_history(history);
    entries.extend(timeline::of_deliveries(deliveries));
    entries.extend(rows(state, &execution.name).await?);
    let booking: Option<BookingId> = execution.input["booking_id"].as_str().and_then(|id| id.parse().ok());
    if let Some(booking) = booking {
        entries.extend(request(state, booking, trace_id.clone()).await?);
        entries.extend(money(state, booking).await?);
        entries.extend(tickets(state, booking).await?);
    }
    let which = Which { ended: true, reference: Some(execution.name.clone()), limit: 100, ..Which::default() };
    for incident in state.incidents.list(&which).await? {
        let what = format!("incident {} opened", incident.class.as_str());
        entries.push(Entry::new(incident.opened_at, Layer::Incident, what, incident.says.clone()));
        if let Some(at) = incident.resolved_at {
            let by = incident.resolved_by.map(|by| format!(" by {by}")).unwrap_or_default();
            let detail = incident.resolution.unwrap_or_default();
            entries.push(Entry::new(
                at,
                Layer::Incident,
                format!("incident {} ended{by}", incident.class.as_str()),
                detail,
            ));
        }
    }
    let entries = entries.into_iter().map(|entry| match entry.layer {
        Layer::Request | Layer::Engine | Layer::Queue | Layer::Effect => entry.of_trace(trace_id.clone()),
        _ => entry,
    });
    Ok(timeline::ordered(entries.collect()))
}

/// The rows by which effects happen once, and what still waits to be sent.
async fn rows(state: &AppState, name: &str) -> Result<Vec<Entry>, Problem> {
    let keys: Vec<String> = STEPS.iter().map(|step| format!("{name}/{}", step.name)).collect();
    let mut entries = Vec::new();
    for pool in &state.databases {
        let mut connection = pool.acquire().await?;
        for (key, at) in inbox::recorded(&mut connection, &keys).await? {
            let step = key.rsplit('/').next().unwrap_or_default().to_owned();
            let state = STEPS.iter().find(|one| one.name == step).map_or(step.clone(), |one| one.state.to_owned());
            entries.push(Entry::new(at, Layer::Effect, format!("{state} written"), format!("inbox {key}")));
        }
        for (kind, topic, at) in outbox::about(&mut connection, name).await? {
            entries.push(Entry::new(at, Layer::Outbox, format!("{kind} {topic} waits to be sent"), String::new()));
        }
    }
    Ok(entries)
}

async fn request(state: &AppState, id: BookingId, trace_id: Option<String>) -> Result<Vec<Entry>, Problem> {
    let Some(booking) = state.bookings.get(id).await? else { return Ok(Vec::new()) };
    let seats: Vec<&str> = booking.seats.iter().map(|(seat, _)| seat.as_str()).collect();
    let detail = format!("{} of {} by {}", seats.join(", "), booking.showtime_id, booking.user_id);
    let asked = Entry::new(booking.created_at, Layer::Request, "POST /api/bookings", detail).of_trace(trace_id);
    Ok(vec![asked])
}

async fn money(state: &AppState, booking: BookingId) -> Result<Vec<Entry>, Problem> {
    let Some(payment) = state.payments.by_booking(booking).await? else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for attempt in state.payments.attempts(payment.id).await? {
        let heard = attempt.heard.as_deref().unwrap_or("nothing heard");
        let took = attempt.heard_at.map(|at| format!(" after {} ms", (at - attempt.began_at).whole_milliseconds()));
        let detail = attempt.detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        let detail = format!("{heard}{}{detail}", took.unwrap_or_default());
        entries.push(Entry::new(
            attempt.began_at,
            Layer::Provider,
            format!("{} {}", attempt.call, payment.reference),
            detail,
        ));
    }
    for refund in state.payments.refunds(payment.id).await? {
        let detail = format!("{} {}, {}", refund.amount, refund.status.standing().as_str(), refund.reason);
        entries.push(Entry::new(refund.opened_at, Layer::Provider, format!("refund {}", refund.reference), detail));
    }
    for webhook in state.payments.webhooks_about(&payment.reference).await? {
        let detail = webhook.outcome.unwrap_or_else(|| "not applied yet".to_owned());
        entries.push(Entry::new(
            webhook.received_at,
            Layer::Webhook,
            format!("{} {}", webhook.kind, webhook.event),
            detail,
        ));
    }
    for line in state.payments.lines(payment.id).await? {
        let detail = format!("{} from {} to {}", line.amount, line.credit.as_str(), line.debit.as_str());
        entries.push(Entry::new(line.at, Layer::Ledger, line.kind, detail));
    }
    for incident in state.payments.incidents_of(payment.id).await? {
        let detail = format!("{} ({})", incident.detail, status(&payment.status));
        entries.push(Entry::new(incident.opened_at, Layer::Incident, format!("incident {}", incident.kind), detail));
    }
    Ok(entries)
}

async fn tickets(state: &AppState, booking: BookingId) -> Result<Vec<Entry>, Problem> {
    let mut entries = Vec::new();
    for ticket in state.tickets.of_booking(booking).await? {
        let seat = ticket.seat.as_str().to_owned();
        entries.push(Entry::new(
            ticket.issued_at,
            Layer::Tickets,
            format!("ticket for {seat} issued"),
            ticket.id.to_string(),
        ));
        if let Some(revoked) = ticket.revoked {
            entries.push(Entry::new(revoked.at, Layer::Tickets, format!("ticket for {seat} revoked"), revoked.reason));
        }
    }
    for notice in state.notifications.of_booking(booking).await? {
        let sent = if notice.delivered_at.is_some() { "delivered" } else { "written" };
        entries.push(Entry::new(
            notice.created_at,
            Layer::Message,
            notice.template,
            format!("{sent}: {}", notice.subject),
        ));
    }
    Ok(entries)
}
