//! The registry: one line a step. A test of `tests/contract.rs` compares it with the list in `workflows`.

mod charge_payment;
mod issue_tickets;
mod notify;
mod refund;
mod reserve_seats;
mod sweep_bookings;

pub(crate) use sweep_bookings::whole_booking;

use crate::step::Registered;

/// Every step there is.
pub fn all() -> Vec<Registered> {
    vec![
        Registered::parking(charge_payment::ChargePayment),
        Registered::of(charge_payment::RefundPayment),
        Registered::of(issue_tickets::IssueTickets),
        Registered::of(issue_tickets::RevokeTickets),
        Registered::of(notify::NotifyCancellation),
        Registered::of(notify::NotifyCustomer),
        Registered::of(notify::NotifyRejection),
        Registered::of(refund::ExecuteRefund),
        Registered::of(refund::NotifyRefund),
        Registered::of(reserve_seats::ReleaseSeats),
        Registered::of(reserve_seats::ReserveSeats),
        Registered::of(sweep_bookings::SweepBookings),
    ]
}
