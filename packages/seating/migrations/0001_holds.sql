CREATE SEQUENCE seating.epochs;
COMMENT ON SEQUENCE seating.epochs IS 'Fences: whoever takes or extends a hold gets a higher number than anybody before.';

CREATE TABLE seating.holds (
  id          uuid PRIMARY KEY,
  showtime_id uuid NOT NULL,
  user_id     uuid NOT NULL,
  booking_id  uuid,
  seats       text[] NOT NULL CHECK (cardinality(seats) > 0),
  epoch       bigint NOT NULL DEFAULT nextval('seating.epochs'),
  state       text NOT NULL CHECK (state IN ('held', 'sold', 'released')),
  extended    boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz
) WITH (fillfactor = 80);
COMMENT ON TABLE seating.holds IS 'Every attempt to have seats, kept after its end: what expired or failed stays visible.';
COMMENT ON COLUMN seating.holds.id IS 'The hold; of a booking without a hold of its own, the booking''s number.';
COMMENT ON COLUMN seating.holds.booking_id IS 'The booking that took the hold over; null while the customer is still choosing.';
COMMENT ON COLUMN seating.holds.epoch IS 'Every later write has to state it.';
COMMENT ON COLUMN seating.holds.state IS 'held until it is sold, released, or its time is over (expiry is not written down: it is the clock).';
COMMENT ON COLUMN seating.holds.extended IS 'Whether the one extension was used.';
COMMENT ON COLUMN seating.holds.ended_at IS 'When it was sold or released.';
-- The undo finds what a booking holds; two holds of one booking must not exist.
CREATE UNIQUE INDEX holds_booking ON seating.holds (booking_id) WHERE booking_id IS NOT NULL;
COMMENT ON INDEX seating.holds_booking IS 'One hold a booking; the undo looks it up by this.';
CREATE INDEX holds_of_user ON seating.holds (user_id) WHERE booking_id IS NULL;
COMMENT ON INDEX seating.holds_of_user IS 'Counts the open holds of a customer against the cap. Not by state, so that selling and releasing stay heap-only updates.';
