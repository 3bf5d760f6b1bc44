CREATE TABLE tickets.tickets (
  id            uuid PRIMARY KEY,
  booking_id    uuid NOT NULL,
  user_id       uuid NOT NULL,
  showtime_id   uuid NOT NULL,
  seat          text NOT NULL,
  price         bigint NOT NULL CHECK (price >= 0),
  currency      text NOT NULL,
  code          text NOT NULL,
  issued_at     timestamptz NOT NULL,
  revoked_at    timestamptz,
  revoke_reason text,
  CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
COMMENT ON TABLE tickets.tickets IS 'The right to one seat, issued after it was paid for. Rows are revoked, never deleted: what was once valid can be explained.';
COMMENT ON COLUMN tickets.tickets.id IS 'Sortable by time; part of the signed code.';
COMMENT ON COLUMN tickets.tickets.booking_id IS 'The booking that paid; belongs to another context, so no foreign key.';
COMMENT ON COLUMN tickets.tickets.user_id IS 'Whose ticket it is; belongs to another context. Not part of the code: a code found in the street names nobody.';
COMMENT ON COLUMN tickets.tickets.showtime_id IS 'Where and when the seat is; belongs to another context.';
COMMENT ON COLUMN tickets.tickets.seat IS 'Name of the seat within its screen.';
COMMENT ON COLUMN tickets.tickets.price IS 'What was paid for this seat, in minor units: money captured must equal tickets and refunds.';
COMMENT ON COLUMN tickets.tickets.currency IS 'ISO 4217.';
COMMENT ON COLUMN tickets.tickets.code IS 'What is scanned at the door: signature and payload. Kept so that reading a ticket needs no key.';
COMMENT ON COLUMN tickets.tickets.issued_at IS 'When the ticket became valid.';
COMMENT ON COLUMN tickets.tickets.revoked_at IS 'When it stopped being valid; null while it is.';
COMMENT ON COLUMN tickets.tickets.revoke_reason IS 'Why, for the operator.';
COMMENT ON CONSTRAINT tickets_pkey ON tickets.tickets IS 'Reads one ticket by the id in its code.';

CREATE UNIQUE INDEX tickets_valid_by_seat ON tickets.tickets (showtime_id, seat) WHERE revoked_at IS NULL;
COMMENT ON INDEX tickets.tickets_valid_by_seat IS 'The last guard against selling a seat twice, should every guard before it have failed.';

CREATE INDEX tickets_by_booking ON tickets.tickets (booking_id);
COMMENT ON INDEX tickets.tickets_by_booking IS 'Reads or revokes the tickets of a booking. Not partial: a plan made while the table is empty takes any partial index whose condition the query repeats, and then walks through all of it.';
