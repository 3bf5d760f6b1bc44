-- Equality inside an exclusion constraint usually asks for the extension btree_gist. A range of one screen needs none,
-- and so neither a contrib package nor the right to install one.
CREATE TYPE catalog.uuid_range AS RANGE (subtype = uuid);
COMMENT ON TYPE catalog.uuid_range IS 'Only for showtimes_do_not_overlap: a range of one id overlaps another exactly when the ids are equal.';

CREATE TABLE catalog.showtimes (
  id         uuid PRIMARY KEY,
  movie_id   uuid NOT NULL REFERENCES catalog.movies (id),
  screen_id  uuid NOT NULL,
  theater_id uuid NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  prices     jsonb NOT NULL,
  currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  refund_policy jsonb,
  CONSTRAINT showtimes_end_after_they_start CHECK (ends_at > starts_at),
  CONSTRAINT showtimes_price_every_type CHECK (
    coalesce((prices ->> 'standard')::bigint, -1) >= 0 AND coalesce((prices ->> 'premium')::bigint, -1) >= 0
    AND coalesce((prices ->> 'accessible')::bigint, -1) >= 0 AND coalesce((prices ->> 'companion')::bigint, -1) >= 0
  ),
  CONSTRAINT showtimes_screen_in_theater FOREIGN KEY (screen_id, theater_id) REFERENCES catalog.screens (id, theater_id),
  CONSTRAINT showtimes_do_not_overlap EXCLUDE USING gist (
    catalog.uuid_range(screen_id, screen_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
  )
);
COMMENT ON TABLE catalog.showtimes IS 'A movie on a screen at a time.';
COMMENT ON COLUMN catalog.showtimes.theater_id IS 'That of the screen, kept here because most lists ask for it.';
COMMENT ON COLUMN catalog.showtimes.ends_at IS 'With advertisements and cleaning: from here on the screen is free.';
COMMENT ON COLUMN catalog.showtimes.prices IS 'Minor units for each type of seat; a booking keeps the price it was made at.';
COMMENT ON COLUMN catalog.showtimes.refund_policy IS 'What is given back for a seat, by how long before the start it is cancelled: see src/policy.rs. Null gives everything back until the start.';
COMMENT ON COLUMN catalog.showtimes.currency IS 'ISO 4217, the same for all prices of a showtime.';
COMMENT ON INDEX catalog.showtimes_do_not_overlap IS 'Two showtimes on one screen never share a moment, whoever schedules them at once.';
CREATE INDEX showtimes_starts_at ON catalog.showtimes (starts_at, id);
COMMENT ON INDEX catalog.showtimes_starts_at IS 'Every list walks what is to come in this order and stops at its limit.';
