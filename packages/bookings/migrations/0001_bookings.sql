-- The same list as TRANSITIONS in src/booking.rs; a test compares the two, pair by pair.
CREATE FUNCTION bookings.may_become(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (before, after) IN (
    ('requested', 'reserved'), ('reserved', 'paid'), ('paid', 'confirmed'),
    ('requested', 'rejected'), ('reserved', 'rejected'), ('paid', 'rejected'),
    ('requested', 'cancelling'), ('reserved', 'cancelling'), ('paid', 'cancelling'), ('confirmed', 'cancelling'),
    ('cancelling', 'cancelled')
  )
$$;
COMMENT ON FUNCTION bookings.may_become IS 'What a booking may become; everything else is refused by the trigger.';

CREATE TABLE bookings.bookings (
  id             uuid PRIMARY KEY,
  user_id        uuid NOT NULL,
  showtime_id    uuid NOT NULL,
  seats          text[] NOT NULL CHECK (cardinality(seats) > 0),
  prices         bigint[] NOT NULL CHECK (cardinality(prices) = cardinality(seats)),
  total          bigint NOT NULL CHECK (total >= 0),
  currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  payment_method text NOT NULL,
  hold_id        uuid,
  status         text NOT NULL DEFAULT 'requested'
                 CHECK (status IN ('requested', 'reserved', 'paid', 'confirmed', 'rejected', 'cancelling', 'cancelled')),
  reason         text,
  taken_seats    text[],
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  confirmed_at   timestamptz,
  cancelled_seats text[] NOT NULL DEFAULT '{}',
  kept           bigint NOT NULL DEFAULT 0 CHECK (kept >= 0),
  parting        uuid
) WITH (fillfactor = 70);
COMMENT ON TABLE bookings.bookings IS 'Every booking that was ever asked for; what was rejected or cancelled stays.';
COMMENT ON COLUMN bookings.bookings.id IS 'Also the name of its execution.';
COMMENT ON COLUMN bookings.bookings.prices IS 'Minor units, in the order of the seats, fixed at the request.';
COMMENT ON COLUMN bookings.bookings.total IS 'The sum of the prices.';
COMMENT ON COLUMN bookings.bookings.hold_id IS 'The hold that the customer had before, if any.';
COMMENT ON COLUMN bookings.bookings.reason IS 'Why it was rejected: the name of the error that turned the saga round.';
COMMENT ON COLUMN bookings.bookings.confirmed_at IS 'When its saga reached the end; kept when it is cancelled afterwards, so that a late repetition of the last step does not turn the saga round as well.';
COMMENT ON COLUMN bookings.bookings.cancelled_seats IS 'Seats that the booking had and gave back while others stayed; seats, prices and total are without them.';
COMMENT ON COLUMN bookings.bookings.kept IS 'Minor units that were not given back for cancelled seats, because the showtime''s refund policy or the house said so.';
COMMENT ON COLUMN bookings.bookings.parting IS 'The partial cancellation that is at work; one at a time.';
COMMENT ON COLUMN bookings.bookings.taken_seats IS 'Which seats somebody else had, when that was the reason.';
CREATE INDEX bookings_of_user ON bookings.bookings (user_id, id);
COMMENT ON INDEX bookings.bookings_of_user IS 'A customer''s history, newest first. Ids sort by age.';

CREATE FUNCTION bookings.refuse_impossible() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Asked here and not in the trigger's condition: there it would be planned anew for every statement.
  IF NOT bookings.may_become(OLD.status, NEW.status) THEN
    RAISE EXCEPTION 'a booking cannot become % after %', NEW.status, OLD.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_transition';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER transition BEFORE UPDATE OF status ON bookings.bookings
  FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION bookings.refuse_impossible();
COMMENT ON TRIGGER transition ON bookings.bookings IS 'Impossible transitions are refused whoever tries them.';
