CREATE TABLE simulator.charges (
  reference   text PRIMARY KEY,
  id          uuid NOT NULL UNIQUE,
  amount      bigint CHECK (amount > 0),
  currency    text,
  method      text,
  status      text NOT NULL CHECK (status IN ('authorised', 'captured', 'declined', 'pending', 'requires_action', 'cancelled')),
  code        text,
  captures_at timestamptz,
  captures    boolean NOT NULL DEFAULT true,
  refunded    bigint NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL,
  CONSTRAINT charges_complete CHECK (status = 'cancelled' OR (amount IS NOT NULL AND currency IS NOT NULL AND method IS NOT NULL)),
  CONSTRAINT charges_declined_has_code CHECK (status <> 'declined' OR code IS NOT NULL),
  CONSTRAINT charges_pending_has_time CHECK (status <> 'pending' OR captures_at IS NOT NULL),
  CONSTRAINT charges_refunded_within_amount CHECK (refunded BETWEEN 0 AND coalesce(amount, 0))
);
COMMENT ON TABLE simulator.charges IS 'What the pretended provider knows of charges. It is the outside world: nothing else reads it.';
COMMENT ON COLUMN simulator.charges.reference IS 'The merchant''s key: a second request under it is the same charge.';
COMMENT ON COLUMN simulator.charges.id IS 'The provider''s own id; sorts by age.';
COMMENT ON COLUMN simulator.charges.amount IS 'Minor units; null in a tombstone, which was cancelled before any charge arrived.';
COMMENT ON COLUMN simulator.charges.currency IS 'ISO 4217.';
COMMENT ON COLUMN simulator.charges.method IS 'Which behaviour was asked for.';
COMMENT ON COLUMN simulator.charges.status IS 'pending becomes captured by the clock alone, at captures_at, unless it was cancelled before; requires_action by the customer; authorised by the merchant.';
COMMENT ON COLUMN simulator.charges.code IS 'Why it was declined.';
COMMENT ON COLUMN simulator.charges.captures_at IS 'When a pending charge succeeds.';
COMMENT ON COLUMN simulator.charges.captures IS 'Whether the money is taken at once; otherwise it is authorised, and taken when the merchant asks.';
COMMENT ON COLUMN simulator.charges.refunded IS 'Sum of its refunds, minor units.';
COMMENT ON COLUMN simulator.charges.created_at IS 'When the request arrived.';
COMMENT ON INDEX simulator.charges_id_key IS 'The order in which the report is read.';
