CREATE TABLE seating.closures (
  showtime_id uuid PRIMARY KEY,
  closed_by   uuid NOT NULL,
  reason      text NOT NULL,
  bookings    integer NOT NULL,
  closed_at   timestamptz NOT NULL
);
COMMENT ON TABLE seating.closures IS 'Showtimes that were called off: nobody takes a seat of them any more.';
COMMENT ON COLUMN seating.closures.closed_by IS 'Who called it off.';
COMMENT ON COLUMN seating.closures.reason IS 'Why, as customers are told.';
COMMENT ON COLUMN seating.closures.bookings IS 'How many bookings had seats then, and those that got some in the moment of the closure: what the sweep has to do.';
