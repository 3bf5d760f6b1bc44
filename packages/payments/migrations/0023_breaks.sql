CREATE TABLE payments.breaks (
  kind       text NOT NULL,
  reference  text NOT NULL,
  detail     text NOT NULL,
  owner      text,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL,
  closed_at  timestamptz,
  reason     text,
  PRIMARY KEY (kind, reference),
  CONSTRAINT breaks_closed_has_reason CHECK ((closed_at IS NULL) = (reason IS NULL))
);
COMMENT ON TABLE payments.breaks IS 'Where ledger, payments and the provider''s report disagree. Each is known by what it is about, ages until it is closed, and is never deleted.';
COMMENT ON COLUMN payments.breaks.kind IS 'What disagrees: see src/reconcile.rs.';
COMMENT ON COLUMN payments.breaks.reference IS 'The reference, or the provider''s own name where there is none of ours.';
COMMENT ON COLUMN payments.breaks.detail IS 'What was seen on which side.';
COMMENT ON COLUMN payments.breaks.owner IS 'Who looks after it.';
COMMENT ON COLUMN payments.breaks.first_seen IS 'Since when: its age.';
COMMENT ON COLUMN payments.breaks.last_seen IS 'When a reconciliation last saw it.';
COMMENT ON COLUMN payments.breaks.reason IS 'Why it was closed; a reconciliation that no longer sees it says so itself.';
