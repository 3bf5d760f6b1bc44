//! Every metric by name: what it is and what it tells. Dashboards and alerts go by this list.
//!
//! To add one, add a line in its place in the alphabet and count it where it happens. Names follow Prometheus: counters
//! end with `_total`, durations are seconds, and our own begin with `usher_`. Labels are few and bounded: never an id.

/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Values in buckets.
    Histogram,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it tells, and its labels, in one line.
    pub help: &'static str,
}

const fn counter(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, help }
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, help }
}

const fn histogram(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, help }
}

/// The list, by name.
#[rustfmt::skip] // One line each, however long: this is a table.
pub const CATALOGUE: &[Metric] = &[
    gauge("booking_active_count", "Sagas that run: bookings and cancellations on their way."),
    histogram("http_request_duration_seconds", "Time from a request to the head of its answer, by method and route."),
    counter("http_requests_total", "Requests answered, by method, route and status."),
    gauge("payment_success_rate", "Share of the last hundred payments of this process that were captured, in percent."),
    gauge("process_cpu_seconds_total", "Processor time since the start, user and system, in seconds."),
    gauge("process_resident_memory_bytes", "Memory in use that is not swapped out."),
    counter("usher_acts_total", "What happened to acts of operators, by act and event: a rising `failed_again` is worth a look."),
    gauge("usher_audit_findings", "What the last audit found wrong: anything but zero is for a person, at once."),
    counter("usher_aws_entries_retried_total", "Entries of batches that SQS or SNS failed on its side, and that were sent again."),
    counter("usher_aws_requests_total", "What was asked of Step Functions, SQS and SNS, by action: what AWS counts and sends a bill for."),
    counter("usher_broker_connections_total", "Connections made to the broker, by purpose."),
    counter("usher_broker_requests_total", "What was asked of the broker, by operation: publish, consume, get, ack."),
    counter("usher_dead_letters_total", "Messages that ran out of attempts and wait for a person."),
    counter("usher_dead_tokens_total", "Answers of workers that came after their attempt was given up, by step."),
    counter("usher_executions_lost_total", "Executions that Step Functions no longer knew, by saga and outcome: begun again, or left to a person."),
    counter("usher_forward_failures_total", "Attempts to forward messages that failed, by queue."),
    counter("usher_forwarded_total", "Messages forwarded from one kind of queue to another, by queue."),
    histogram("usher_group_commit_size", "Commands that one transaction took, by name."),
    counter("usher_inbox_duplicates_total", "Repeated messages that were answered from the inbox."),
    gauge("usher_incidents_open", "Incidents that are open, by class."),
    counter("usher_incidents_total", "Incidents that were opened, by class."),
    gauge("usher_outbox_age", "Seconds since the oldest message that waits in an outbox was written."),
    gauge("usher_outbox_messages", "Messages that wait in the outboxes."),
    counter("usher_payment_incidents_total", "Incidents about money that were opened, by kind."),
    counter("usher_payments_total", "Payments that came to an answer, by outcome."),
    histogram("usher_provider_seconds", "Time of a call to the payment provider, by call and answer."),
    gauge("usher_queue_age", "Seconds since the oldest waiting message was sent, by queue."),
    gauge("usher_queue_messages", "Messages in a queue, by queue and state: waiting, leased or dead."),
    gauge("usher_reconciliation_breaks", "Disagreements between ledger, payments and the provider's report that are open."),
    counter("usher_redeliveries_total", "Requests that were received again, by step: their worker died, hung or was too slow."),
    counter("usher_refunds_total", "Refunds that came to an answer, by outcome."),
    counter("usher_saga_transitions_total", "History events of executions."),
    counter("usher_sagas_ended_total", "Executions that ended, by saga and status."),
    gauge("usher_sagas_list_age", "Seconds by which the list of sagas may be behind the engine."),
    counter("usher_starts_relayed_total", "Executions that the relay started because their writer had not."),
    histogram("usher_step_duration_seconds", "Time that a worker took for one attempt of a step, by step."),
    counter("usher_steps_total", "Attempts of steps, by step and outcome."),
    counter("usher_webhooks_total", "Webhooks of the payment provider, by outcome: new, repeated or refused."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_keeps_to_the_rules_of_prometheus() {
        assert!(CATALOGUE.is_sorted_by(|a, b| a.name < b.name), "in the order of the alphabet, each once");
        for Metric { name, kind, help } in CATALOGUE {
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert!(help.ends_with('.') && !help.contains(['\n', '\\']), "{name}: {help}");
            match kind {
                Kind::Counter => assert!(name.ends_with("_total"), "{name}"),
                Kind::Histogram => {
                    assert!(name.ends_with("_seconds") || name.ends_with("_size"), "{name} has no buckets");
                }
                Kind::Gauge => assert!(!name.ends_with("_seconds"), "{name} would get the buckets of a histogram"),
            }
        }
    }

    #[test]
    fn the_names_that_dashboards_were_promised_are_kept() {
        for name in
            ["http_requests_total", "http_request_duration_seconds", "booking_active_count", "payment_success_rate"]
        {
            assert!(CATALOGUE.iter().any(|metric| metric.name == name), "{name}");
        }
    }
}
