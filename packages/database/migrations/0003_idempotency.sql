CREATE TABLE usher.idempotency (
  scope        text NOT NULL,
  key          text NOT NULL,
  fingerprint  bytea NOT NULL,
  resource     text,
  status       smallint,
  body         jsonb,
  taken_over   boolean NOT NULL DEFAULT false,
  leased_until timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE usher.idempotency IS 'One row for each Idempotency-Key: a claim with a lease, then the answer that repetitions get.';
COMMENT ON COLUMN usher.idempotency.scope IS 'Principal, method and route: the same key of two people is two keys.';
COMMENT ON COLUMN usher.idempotency.fingerprint IS 'SHA-256 of the body; another body under the key is refused.';
COMMENT ON COLUMN usher.idempotency.resource IS 'What the first owner made or was making; a take-over goes on from it.';
COMMENT ON COLUMN usher.idempotency.status IS 'HTTP status of the stored answer; null while somebody works.';
COMMENT ON COLUMN usher.idempotency.taken_over IS 'Whether the present owner found an abandoned lease.';
COMMENT ON COLUMN usher.idempotency.leased_until IS 'Until then a repetition is told to wait; afterwards it takes over.';
COMMENT ON COLUMN usher.idempotency.expires_at IS 'End of the answer''s life, 48 hours after the claim.';
-- Pruning reads by age in the order of arrival.
CREATE INDEX idempotency_expires_at ON usher.idempotency USING brin (expires_at);
