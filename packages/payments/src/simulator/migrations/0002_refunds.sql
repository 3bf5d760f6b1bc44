CREATE TABLE simulator.refunds (
  reference        text PRIMARY KEY,
  id               uuid NOT NULL UNIQUE,
  charge_reference text NOT NULL REFERENCES simulator.charges (reference),
  amount           bigint NOT NULL CHECK (amount > 0),
  created_at       timestamptz NOT NULL
);
COMMENT ON TABLE simulator.refunds IS 'What the pretended provider gave back. A refund it refuses leaves no row.';
COMMENT ON COLUMN simulator.refunds.reference IS 'The merchant''s key: a second request under it is the same refund.';
COMMENT ON COLUMN simulator.refunds.id IS 'The provider''s own id; sorts by age.';
COMMENT ON COLUMN simulator.refunds.charge_reference IS 'The charge it gives back.';
COMMENT ON COLUMN simulator.refunds.amount IS 'Minor units, in the currency of the charge.';
COMMENT ON COLUMN simulator.refunds.created_at IS 'When it was made.';
COMMENT ON INDEX simulator.refunds_id_key IS 'The order in which the report is read.';
