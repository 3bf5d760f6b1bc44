CREATE TABLE messaging.large_bodies (
  sha256    bytea PRIMARY KEY,
  body      text NOT NULL,
  stored_at timestamptz NOT NULL
);
COMMENT ON TABLE messaging.large_bodies IS 'Bodies that are too large to travel; a reference travels in their place.';
COMMENT ON COLUMN messaging.large_bodies.sha256 IS 'Of the body: a message that is sent again, or to many, is stored once.';
COMMENT ON COLUMN messaging.large_bodies.stored_at IS 'The last time that somebody sent it; for pruning, when no queue can hold a reference any more.';
-- Pruning reads by age; rows arrive in that order, and few are stored again later.
CREATE INDEX large_bodies_stored_at ON messaging.large_bodies USING brin (stored_at);
