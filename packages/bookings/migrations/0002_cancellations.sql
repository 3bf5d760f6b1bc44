CREATE TABLE bookings.cancellations (
  id           uuid PRIMARY KEY,
  booking_id   uuid NOT NULL REFERENCES bookings.bookings (id),
  seats        text[] NOT NULL,
  refund       bigint NOT NULL CHECK (refund >= 0),
  kept         bigint NOT NULL CHECK (kept >= 0),
  reason       text NOT NULL,
  requested_by uuid NOT NULL,
  created_at   timestamptz NOT NULL,
  ended_at     timestamptz
);
COMMENT ON TABLE bookings.cancellations IS 'What was cancelled of confirmed bookings: all of a booking under the booking''s number, a part under one of its own.';
COMMENT ON COLUMN bookings.cancellations.id IS 'Also the name of its execution.';
COMMENT ON COLUMN bookings.cancellations.seats IS 'The seats that were given back.';
COMMENT ON COLUMN bookings.cancellations.refund IS 'What is given back for them, minor units, fixed at the request.';
COMMENT ON COLUMN bookings.cancellations.kept IS 'What is not.';
COMMENT ON COLUMN bookings.cancellations.requested_by IS 'The customer, or whoever did it for the house.';
COMMENT ON COLUMN bookings.cancellations.ended_at IS 'When a partial one was done; that of a whole booking is told by the booking.';
CREATE INDEX cancellations_of_booking ON bookings.cancellations (booking_id);
COMMENT ON INDEX bookings.cancellations_of_booking IS 'What became of a booking''s seats, for support.';
