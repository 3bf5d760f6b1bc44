CREATE TABLE seating.claims (
  showtime_id uuid NOT NULL,
  seat        text NOT NULL,
  hold_id     uuid NOT NULL,
  epoch       bigint NOT NULL,
  expires_at  timestamptz,
  PRIMARY KEY (showtime_id, seat)
) WITH (fillfactor = 80);
COMMENT ON TABLE seating.claims IS 'Who has a seat now. No row is a free seat; the primary key is why a seat has one owner.';
COMMENT ON COLUMN seating.claims.hold_id IS 'The owner.';
COMMENT ON COLUMN seating.claims.epoch IS 'The owner''s fence: confirm, extend and release state it, and change nothing with an old one.';
COMMENT ON COLUMN seating.claims.expires_at IS 'Until when the seat is held; null once it is sold.';
