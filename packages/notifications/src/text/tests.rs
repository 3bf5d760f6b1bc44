//! Each template as a customer reads it.

use insta::assert_snapshot;
use time::macros::datetime;
use usher_core::{
    ambient::Scripted,
    money::{Currency, Money},
};

use super::*;
use crate::notice::{RefundNews, Rejection};

fn read(notice: &Notice) -> String {
    let booking = BookingId::new(&Scripted::new(OffsetDateTime::UNIX_EPOCH, 1));
    let text = render(booking, notice).unwrap();
    assert!(!text.subject.is_empty() && !text.subject.contains('\n'));
    format!("Subject: {}\n\n{}", text.subject, text.body)
}

fn seats(names: &[&str]) -> Vec<SeatName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn confirmed(movie: &str, names: &[&str]) -> Notice {
    Notice::BookingConfirmed {
        movie: movie.to_owned(),
        theater: "Lumen".to_owned(),
        screen: "Screen 2".to_owned(),
        starts_at: datetime!(2026-11-27 20:15 +1),
        seats: seats(names),
        total: Money::new(2550, Currency::EUR),
        tickets: u32::try_from(names.len()).unwrap(),
    }
}

#[test]
fn a_confirmed_booking() {
    assert_snapshot!(
        read(&confirmed("The Long Way Home", &["C4", "C5"])),
        @"
    Subject: Your seats for The Long Way Home are booked

    Hello,

    your booking is confirmed. We look forward to seeing you.

      Film:   The Long Way Home
      Where:  Lumen, Screen 2
      When:   Friday, 27 November 2026, 20:15 (UTC+01:00)
      Seats:  C4, C5
      Paid:   25.50 EUR

    Your 2 tickets are waiting in your account, one for each seat. Show their codes at the door, on your phone or on paper.

    Booking bkg_0000000000CQT60RFFYTD9BJ8W
    "
    );
}

#[test]
fn a_confirmed_booking_of_one_seat() {
    assert_snapshot!(
        read(&confirmed("The Long Way Home", &["C4"])),
        @"
    Subject: Your seats for The Long Way Home are booked

    Hello,

    your booking is confirmed. We look forward to seeing you.

      Film:   The Long Way Home
      Where:  Lumen, Screen 2
      When:   Friday, 27 November 2026, 20:15 (UTC+01:00)
      Seat:   C4
      Paid:   25.50 EUR

    Your ticket is waiting in your account. Show its code at the door, on your phone or on paper.

    Booking bkg_0000000000CQT60RFFYTD9BJ8W
    "
    );
}

#[test]
fn a_rejected_booking() {
    let (movie, seats) = ("The Long Way Home".to_owned(), seats(&["C4", "C5"]));
    assert_snapshot!(
        read(&Notice::BookingRejected { movie, seats, reason: Rejection::SeatUnavailable, is_owed: false }),
        @"
    Subject: Your booking for The Long Way Home could not be made

    Hello,

    we are sorry: we could not book C4, C5 for The Long Way Home.

    Somebody else was a moment quicker. Other seats may still be free; please have a look.

    You do not pay for this booking. Should your bank show an amount for it, that amount is on its way back to you.

    Booking bkg_0000000000CQT60RFFYTD9BJ8W
    "
    );
}

fn cancelled(movie: String, seats: Vec<SeatName>, money: MoneyBack) -> Notice {
    Notice::BookingCancelled { movie, seats, is_part: false, by_house: false, money }
}

#[test]
fn only_money_that_was_sent_is_told_as_refunded() {
    let amount = Money::new(1275, Currency::EUR);
    let news = |news| Notice::Refund { movie: "The Long Way Home".to_owned(), amount, news };
    let cancelled = |money| cancelled("The Long Way Home".to_owned(), seats(&["C4"]), money);
    for (notice, is_refunded) in [
        (cancelled(MoneyBack::Sent(amount)), true),
        (cancelled(MoneyBack::Pending(amount)), false),
        (cancelled(MoneyBack::Failed), false),
        (news(RefundNews::Succeeded), true),
        (news(RefundNews::Pending), false),
        (news(RefundNews::RequiresAction), false),
        (news(RefundNews::Failed), false),
        (news(RefundNews::Cancelled), false),
        (news(RefundNews::Reversed), false),
    ] {
        let text = read(&notice);
        assert_eq!(text.contains("have refunded 12.75 EUR"), is_refunded, "{text}");
        let owed = matches!(
            notice,
            Notice::Refund { news: RefundNews::Failed | RefundNews::Reversed, .. }
                | Notice::BookingCancelled { money: MoneyBack::Failed, .. }
        );
        assert_eq!(text.contains("still owed to you"), owed, "{text}");
    }
}

#[test]
fn a_part_and_a_showtime_that_was_called_off_have_words_of_their_own() {
    let told = |is_part, by_house| {
        let (movie, seats) = ("The Long Way Home".to_owned(), seats(&["C4"]));
        read(&Notice::BookingCancelled { movie, seats, is_part, by_house, money: MoneyBack::Nothing })
    };
    assert!(told(true, false).contains("Your other tickets stay valid."));
    assert!(told(true, false).starts_with("Subject: Some of your seats"));
    assert!(told(false, true).contains("the theater had to call"));
}

#[test]
fn a_cancelled_booking_with_a_refund() {
    let (movie, seats) = ("The Long Way Home".to_owned(), seats(&["C4"]));
    assert_snapshot!(
        read(&cancelled(movie, seats, MoneyBack::Sent(Money::new(1275, Currency::EUR)))),
        @"
    Subject: Your booking for The Long Way Home is cancelled

    Hello,

    your booking for The Long Way Home (C4) is cancelled, and its tickets are no longer valid.

    We have refunded 12.75 EUR to the way you paid. Your bank may take a few days to show it.

    Booking bkg_0000000000CQT60RFFYTD9BJ8W
    "
    );
}

#[test]
fn a_cancelled_booking_without_a_refund() {
    let (movie, seats) = ("The Long Way Home".to_owned(), seats(&["C4"]));
    assert_snapshot!(
        read(&cancelled(movie, seats, MoneyBack::Nothing)),
        @"
    Subject: Your booking for The Long Way Home is cancelled

    Hello,

    your booking for The Long Way Home (C4) is cancelled, and its tickets are no longer valid.

    There is no refund for this cancellation.

    Booking bkg_0000000000CQT60RFFYTD9BJ8W
    "
    );
}

#[test]
fn every_reason_has_words_of_its_own() {
    let names =
        ["SeatUnavailable", "HoldExpired", "PaymentDeclined", "BookingCancelled", "ShowtimeCancelled", "SomethingNew"];
    let mut texts: Vec<_> = names.iter().map(|name| Rejection::of_error(name).sentence()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), names.len());
    assert_eq!(Rejection::of_error("SomethingNew"), Rejection::Unforeseen);
}

#[test]
fn a_title_is_text_and_stays_on_its_line() {
    let read = read(&confirmed("Tom & Jerry\r\n\n{{ 7 * 7 }}\u{1b}[31m <b>", &["A1"]));
    assert!(
        read.starts_with("Subject: Your seats for Tom & Jerry {{ 7 * 7 }} [31m <b> are booked\n\nHello,"),
        "{read}"
    );
}

#[test]
fn hours_are_told_with_their_offset() {
    assert_eq!(moment(datetime!(2026-11-20 20:15 UTC)), "Friday, 20 November 2026, 20:15 (UTC)");
    assert_eq!(moment(datetime!(2026-12-01 09:05 -3:30)), "Tuesday, 1 December 2026, 09:05 (UTC-03:30)");
}
