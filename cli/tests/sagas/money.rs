//! What people do about money, on a world: give some back, cancel some seats, call a showtime off.

use serde_json::json;
use usher_bookings::{
    Booking, Status,
    cancel::{Cancel, CancelOutcome, Terms as Record},
    part::{CancelPart, PartOutcome},
};
use usher_core::{
    ids::{BookingId, EventId, PartialCancellationId, RefundId, ShowtimeId, UserId},
    money::Money,
    seat::SeatName,
};
use usher_database::event;
use usher_notifications::Notification;
use usher_payments::{
    OpenRefund, OpenedRefund, Refund, reference,
    refund::{Amount, Purpose, RefundStanding},
};
use usher_seating::closure::Close;
use usher_workflows::{
    booking::Terms,
    definitions::{CANCELLATION, REFUND, SHOWTIME_CANCELLATION},
    showtime::SweepData,
};

use crate::world::{TRACEPARENT, World, eventually};

impl World {
    /// Gives a part of what a booking paid back, and leaves the booking alone.
    pub async fn goodwill(&self, booking: BookingId, amount: i64) -> RefundId {
        let _working = event::trace::enter(&booking.to_string(), TRACEPARENT.parse().unwrap());
        let total = self.booking(booking).await.total;
        let (charge, name) = (reference::charge_of_booking(booking), EventId::new(&*self.services.ambient));
        let amount = Amount::Exactly(Money::new(amount, total.currency));
        let mut open = OpenRefund::by_saga(&charge, &format!("{booking}/refund-{name}"), amount, Purpose::Goodwill);
        open.requested_by = Some(UserId::new(&*self.services.ambient));
        open.saga = Some(REFUND.name);
        match self.services.contexts.payments.open_refund(open).await.unwrap() {
            OpenedRefund::Fresh(refund) => refund.id,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until a refund stands there.
    pub async fn refund_until(&self, id: RefundId, standing: RefundStanding) -> Refund {
        eventually(async || {
            let refund = self.services.contexts.payments.refund_by_id(id).await.unwrap().unwrap();
            (refund.status.standing() == standing).then_some(refund)
        })
        .await
        .unwrap_or_else(|| panic!("{id} never was {standing:?}"))
    }

    /// The refunds of a booking, oldest first.
    pub async fn refunds(&self, booking: BookingId) -> Vec<Refund> {
        let payments = &self.services.contexts.payments;
        let payment = payments.by_booking(booking).await.unwrap().unwrap();
        payments.refunds(payment.id).await.unwrap()
    }

    /// What the customer was told about a booking, by template, newest first.
    pub async fn told(&self, booking: BookingId) -> Vec<Notification> {
        self.services.contexts.notifications.of_booking(booking).await.unwrap()
    }

    /// Cancels a confirmed booking, of whose price the policy keeps so much.
    pub async fn cancel_keeping(&self, id: BookingId, kept: i64) -> CancelOutcome {
        let booking = self.booking(id).await;
        let refund = Money::new(booking.total.amount - kept, booking.total.currency);
        let mut input = self.input(id).await;
        input["cancellation"] = json!(Terms { part: None, refund, by_house: false });
        let terms = Record { refund: refund.amount, kept, ..Record::default() };
        let cancel = Cancel { id, user_id: booking.user_id, terms, saga: CANCELLATION.name, input };
        self.services.contexts.bookings.cancel(cancel).await.unwrap()
    }

    /// Cancels some seats of a booking, of whose price the policy keeps so much.
    pub async fn cancel_part(
        &self,
        id: BookingId,
        seats: &[SeatName],
        kept: i64,
    ) -> (PartialCancellationId, PartOutcome) {
        let part = PartialCancellationId::new(&*self.services.ambient);
        let booking = self.booking(id).await;
        let chosen: Vec<_> = booking.seats.iter().filter(|(seat, _)| seats.contains(seat)).collect();
        let price: i64 = chosen.iter().map(|(_, price)| price.amount).sum();
        let refund = Money::new(price - kept, booking.total.currency);
        let mut input = self.input(id).await;
        input["seats"] =
            chosen.iter().map(|(seat, price)| json!({ "seat": seat, "price": price })).collect::<Vec<_>>().into();
        input["cancellation"] = json!(Terms { part: Some(part), refund, by_house: false });
        let cancel = CancelPart {
            id,
            user_id: booking.user_id,
            part,
            seats: seats.to_vec(),
            terms: Record { refund: refund.amount, kept, ..Record::default() },
            saga: CANCELLATION.name,
            input,
        };
        (part, self.services.contexts.bookings.cancel_part(&cancel).await.unwrap())
    }

    /// Waits until no part of the booking is being cancelled.
    pub async fn whole_again(&self, id: BookingId) -> Booking {
        let whole = eventually(async || {
            let booking = self.booking(id).await;
            (booking.parting.is_none() && booking.status == Status::Confirmed).then_some(booking)
        });
        whole.await.expect("the part is cancelled")
    }

    /// Calls the showtime off; its bookings are cancelled four at a time.
    pub async fn call_off(&self) {
        self.call_off_show(self.showtime.id).await;
    }

    /// Calls another show off.
    pub async fn call_off_show(&self, showtime: ShowtimeId) {
        let data = SweepData {
            showtime_id: showtime,
            requested_by: self.user,
            page: 4,
            pause_seconds: 0,
            traceparent: Some(TRACEPARENT.to_owned()),
            sweep: None,
        };
        let seating = &self.services.contexts.seating;
        let input = serde_json::to_value(data).unwrap();
        let command = Close {
            showtime,
            by: self.user,
            reason: "the projector is broken",
            saga: SHOWTIME_CANCELLATION.name,
            input: &input,
        };
        seating.close(command).await.unwrap();
    }
}
