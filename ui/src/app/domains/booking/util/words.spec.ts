import type { Booking } from '../data/bookings';
import { ending, standing, waiting } from './words';

const booking = (part: Partial<Booking>) => ({ status: 'rejected', seats: [], taken_seats: [], ...part }) as unknown as Booking;

describe('words about a booking', () => {
  it.each(['SeatUnavailable', 'HoldExpired', 'PaymentDeclined', 'ShowtimeCancelled', 'BookingCancelled', 'Usher.Transient', undefined])(
    'an ending by %s says what it means for the money, and has a way on',
    (reason) => {
      const { title, text, way } = ending(booking({ reason: reason ?? null }));
      expect(title.length).toBeGreaterThan(5);
      expect(text).toMatch(/othing (was|is) charged|nothing is charged/);
      expect(way).toBeTruthy();
    },
  );

  it('a decline says why where the bank did', () => {
    const payment = { id: 'pay_1', status: 'declined', code: 'insufficient_funds', message: { key: '', text: '' } };
    expect(ending(booking({ reason: 'PaymentDeclined', payment })).text).toContain('not enough money');
  });

  it('while a payment is checked, nobody is to pay again', () => {
    expect(waiting('payment_checked', '')).toContain('do not pay again');
    expect(waiting('payment_asked', '')).toContain('do not pay again');
    expect(waiting('new_key', 'What the API says.')).toBe('What the API says.');
  });

  it.each(['requested', 'reserved', 'paid', 'confirmed', 'rejected', 'cancelling', 'cancelled'])('%s has a word', (status) => {
    expect(standing(booking({ status })).word).not.toBe('');
  });
});
