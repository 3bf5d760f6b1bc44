//! The tables that a booking is in, with the columns that are written.

use super::copy::Rows;
use crate::wiring::Databases;

/// The rows of some bookings, in the order in which tables want them.
#[derive(Debug)]
pub struct Batch {
    pub bookings: u64,
    pub booked: Rows,
    pub cancellations: Rows,
    pub holds: Rows,
    pub claims: Rows,
    pub payments: Rows,
    pub attempts: Rows,
    pub transfers: Rows,
    pub refunds: Rows,
    pub payouts: Rows,
    pub incidents: Rows,
    pub charges: Rows,
    pub repaid: Rows,
    pub tickets: Rows,
    pub messages: Rows,
    pub executions: Rows,
    pub history: Rows,
}

impl Batch {
    /// None yet.
    pub fn new() -> Self {
        Self {
            bookings: 0,
            booked: Rows::of(
                "bookings.bookings",
                "id, user_id, showtime_id, seats, prices, total, currency, payment_method, status, reason, taken_seats, kept, \
                 created_at, updated_at, confirmed_at",
            ),
            cancellations: Rows::of(
                "bookings.cancellations",
                "id, booking_id, seats, refund, kept, reason, requested_by, created_at",
            ),
            holds: Rows::of(
                "seating.holds",
                "id, showtime_id, user_id, booking_id, seats, epoch, state, created_at, expires_at, ended_at",
            ),
            claims: Rows::of("seating.claims", "showtime_id, seat, hold_id, epoch, expires_at"),
            payments: Rows::of(
                "payments.payments",
                "id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at, told",
            ),
            attempts: Rows::of("payments.attempts", "payment_id, id, call, began_at, heard, detail, heard_at"),
            transfers: Rows::of(
                "payments.transfers",
                "payment_id, booking_id, currency, kind, reference, debit, credit, amount, occurred_at",
            ),
            refunds: Rows::of(
                "payments.refunds",
                "id, payment_id, reference, amount, source, purpose, reason, requested_by, status, provider_id, code, opened_at, \
                 released_at, settled_at",
            ),
            payouts: Rows::of(
                "payments.payouts",
                "id, refund_id, payment_id, amount, method, evidence, paid_by, paid_at",
            ),
            incidents: Rows::of(
                "payments.incidents",
                "id, kind, reference, payment_id, refund_id, detail, customer_text, opened_at, resolved_at, resolution",
            ),
            charges: Rows::of(
                "simulator.charges",
                "reference, id, amount, currency, method, status, code, refunded, created_at",
            ),
            repaid: Rows::of("simulator.refunds", "reference, id, charge_reference, amount, status, code, created_at"),
            tickets: Rows::of(
                "tickets.tickets",
                "id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at, revoked_at, revoke_reason",
            ),
            messages: Rows::of(
                "notifications.messages",
                "id, intent, booking_id, user_id, template, subject, body, created_at",
            ),
            executions: Rows::of(
                "orchestrator.executions",
                "id, definition, status, states, version, snapshot, started_at, stopped_at, moved_at",
            ),
            history: Rows::of("orchestrator.history", "execution_id, first_event, events"),
        }
    }

    /// Writes everything, in three lanes that keep processor and disk busy; within a lane whoever refers comes after what
    /// is referred to.
    pub async fn write(self, databases: &Databases) -> Result<(), sqlx::Error> {
        let lane = async |lane: Vec<Rows>| {
            for rows in lane {
                let schema = rows.schema();
                rows.write(databases.of(schema)).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        tokio::try_join!(
            lane(vec![self.booked, self.cancellations, self.holds, self.claims, self.tickets]),
            lane(vec![
                self.payments,
                self.attempts,
                self.refunds,
                self.payouts,
                self.incidents,
                self.transfers,
                self.charges,
                self.repaid,
            ]),
            lane(vec![self.executions, self.history, self.messages]),
        )?;
        Ok(())
    }
}
