import type { Booking } from '../data/bookings';

/** What kind a seat is, in a word. */
export function seatType(type: string): string {
  switch (type) {
    case 'premium':
      return $localize`Premium`;
    case 'accessible':
      return $localize`Wheelchair place`;
    case 'companion':
      return $localize`Companion`;
    default:
      return $localize`Standard`;
  }
}

/** Whether a seat can be had, in a word. */
export function seatState(state: string): string {
  switch (state) {
    case 'held':
      return $localize`held by somebody`;
    case 'sold':
      return $localize`sold`;
    default:
      return $localize`free`;
  }
}

/** Where a booking stands, in a word and a tone. */
export function standing(booking: Booking): { word: string; tone: 'good' | 'wait' | 'wrong' | '' } {
  switch (booking.status) {
    case 'confirmed':
      return { word: $localize`Confirmed`, tone: 'good' };
    case 'rejected':
      return { word: $localize`Not booked`, tone: 'wrong' };
    case 'cancelling':
      return { word: $localize`Being cancelled`, tone: 'wait' };
    case 'cancelled':
      return { word: $localize`Cancelled`, tone: '' };
    default:
      return { word: $localize`On its way`, tone: 'wait' };
  }
}

/** An end that nobody wanted: what happened, what it means for the money, and the way on. */
export interface Ending {
  title: string;
  text: string;
  /** Which way on makes sense. */
  way: 'choose' | 'pay' | 'films';
}

export function ending(booking: Booking): Ending {
  switch (booking.reason) {
    case 'SeatUnavailable':
      return {
        title: $localize`Somebody was faster`,
        text: $localize`Some of the seats were taken in the same moment. Nothing was charged. Those that are still free are kept in your choice.`,
        way: 'choose',
      };
    case 'HoldExpired':
      return {
        title: $localize`The time was over`,
        text: $localize`Your seats were no longer kept when the payment began. Nothing was charged. They may still be free.`,
        way: 'choose',
      };
    case 'PaymentDeclined':
      return { title: $localize`The payment was declined`, text: declined(booking.payment?.code ?? undefined), way: 'pay' };
    case 'ShowtimeCancelled':
      return {
        title: $localize`The show was called off`,
        text: $localize`The theater has called this showtime off. Nothing was charged, or everything that was is on its way back.`,
        way: 'films',
      };
    case 'BookingCancelled':
      return { title: $localize`The booking was cancelled`, text: $localize`It was cancelled before it was done. Nothing is charged.`, way: 'films' };
    default:
      return {
        title: $localize`The booking could not be completed`,
        text: $localize`Something on our side did not work. Whatever was done is undone: the seats are free, and nothing is charged.`,
        way: 'choose',
      };
  }
}

function declined(code: string | undefined): string {
  const after = $localize`Nothing was charged, and your seats are free again.`;
  switch (code) {
    case 'insufficient_funds':
      return $localize`There is not enough money on the account.` + ' ' + after;
    case 'expired_card':
      return $localize`The card has expired.` + ' ' + after;
    case 'lost_card':
      return $localize`The card was reported lost.` + ' ' + after;
    case 'authentication_failed':
      return $localize`The payment was not confirmed with your bank.` + ' ' + after;
    default:
      return $localize`Your bank did not accept the payment.` + ' ' + after;
  }
}

/** What is told while a payment takes longer than usual; by the key that the API gives it. */
export function waiting(key: string | undefined, text: string | undefined): string {
  switch (key) {
    case 'payment_asked':
      return $localize`Your payment is on its way. This takes a few seconds; please do not pay again.`;
    case 'payment_requires_action':
      return $localize`Your bank wants you to confirm the payment. Please do it before your seats are given to somebody else.`;
    case 'payment_checked':
      return $localize`Your payment is being checked, because we have no clear answer from the payment provider. Please do not pay again: you get your tickets, or your money back, and we tell you which. It can take a minute or two.`;
    case 'payment_authorised':
      return $localize`Your bank has approved the payment. It is taken once your tickets are issued.`;
    default:
      return text ?? '';
  }
}
