CREATE TABLE simulator.refunds (
  reference        text PRIMARY KEY,
  id               uuid NOT NULL UNIQUE,
  charge_reference text NOT NULL REFERENCES simulator.charges (reference),
  amount           bigint NOT NULL CHECK (amount > 0),
  status           text NOT NULL DEFAULT 'succeeded'
                   CHECK (status IN ('pending', 'requires_action', 'succeeded', 'failed', 'cancelled', 'reversed')),
  code             text,
  turns_at         timestamptz,
  turns_into       text CHECK (turns_into IN ('succeeded', 'reversed')),
  turned_at        timestamptz,
  created_at       timestamptz NOT NULL,
  CONSTRAINT refunds_turn_at_a_time CHECK ((turns_at IS NULL) = (turns_into IS NULL))
);
COMMENT ON TABLE simulator.refunds IS 'What the pretended provider gave back. A refund it refuses leaves no row.';
COMMENT ON COLUMN simulator.refunds.reference IS 'The merchant''s key: a second request under it is the same refund.';
COMMENT ON COLUMN simulator.refunds.id IS 'The provider''s own id; sorts by age.';
COMMENT ON COLUMN simulator.refunds.charge_reference IS 'The charge it gives back.';
COMMENT ON COLUMN simulator.refunds.amount IS 'Minor units, in the currency of the charge.';
COMMENT ON COLUMN simulator.refunds.status IS 'Where it stands, as long as turns_at has not come.';
COMMENT ON COLUMN simulator.refunds.code IS 'Why it failed or came back.';
COMMENT ON COLUMN simulator.refunds.turns_at IS 'When it changes by the clock alone.';
COMMENT ON COLUMN simulator.refunds.turns_into IS 'And into what.';
COMMENT ON COLUMN simulator.refunds.turned_at IS 'When it last changed.';
COMMENT ON COLUMN simulator.refunds.created_at IS 'When it was made.';
COMMENT ON INDEX simulator.refunds_id_key IS 'The order in which the report is read.';
