CREATE TABLE catalog.theaters (
  id        uuid PRIMARY KEY,
  name      text NOT NULL,
  city      text NOT NULL,
  time_zone text NOT NULL CHECK ((timestamptz 'epoch' AT TIME ZONE time_zone) IS NOT NULL)
);
COMMENT ON TABLE catalog.theaters IS 'Houses with screens.';
COMMENT ON COLUMN catalog.theaters.time_zone IS 'IANA name. What day a showtime is on is told by the clock on the wall of the house.';

CREATE TABLE catalog.screens (
  id         uuid PRIMARY KEY,
  theater_id uuid NOT NULL REFERENCES catalog.theaters (id),
  name       text NOT NULL,
  seat_map   jsonb NOT NULL,
  CONSTRAINT screens_in_theater UNIQUE (id, theater_id)
);
COMMENT ON TABLE catalog.screens IS 'Rooms with seats.';
COMMENT ON COLUMN catalog.screens.seat_map IS 'Rows of seats with their places on a grid and their types; read whole, and kept in memory.';
COMMENT ON INDEX catalog.screens_in_theater IS 'Lets a showtime refer to screen and theater together, so that they cannot disagree.';
