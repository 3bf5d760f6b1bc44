CREATE TABLE payments.refunds (
  id          uuid PRIMARY KEY,
  payment_id  uuid NOT NULL REFERENCES payments.payments (id),
  reference   text NOT NULL UNIQUE,
  amount      bigint NOT NULL CHECK (amount > 0),
  source      text NOT NULL CHECK (source IN ('customer_prepayments', 'revenue')),
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'succeeded', 'failed')),
  provider_id text,
  code        text,
  opened_at   timestamptz NOT NULL,
  settled_at  timestamptz,
  CONSTRAINT refunds_succeeded_has_provider_id CHECK (status <> 'succeeded' OR provider_id IS NOT NULL),
  CONSTRAINT refunds_failed_has_code CHECK (status <> 'failed' OR code IS NOT NULL),
  CONSTRAINT refunds_settled_has_time CHECK ((status = 'pending') = (settled_at IS NULL))
);
COMMENT ON TABLE payments.refunds IS 'Money on its way back. Written before the provider is asked, like a payment.';
COMMENT ON COLUMN payments.refunds.id IS 'What people and the API name a refund by.';
COMMENT ON COLUMN payments.refunds.payment_id IS 'The payment it gives back.';
COMMENT ON COLUMN payments.refunds.reference IS 'The key under which the provider knows the refund, derived from the charge''s: whoever undoes a charge, and however often, uses the same.';
COMMENT ON COLUMN payments.refunds.amount IS 'Minor units, in the currency of the payment.';
COMMENT ON COLUMN payments.refunds.source IS 'The ledger account that the money leaves, decided when the refund is opened: revenue once tickets were issued, before that the prepayments.';
COMMENT ON COLUMN payments.refunds.status IS 'pending: asked, or about to be; it already counts against the captured amount. succeeded, failed: what the provider said.';
COMMENT ON COLUMN payments.refunds.provider_id IS 'The provider''s own name for the refund, once it succeeded.';
COMMENT ON COLUMN payments.refunds.code IS 'The provider''s reason, once it failed: a person has to look.';
COMMENT ON COLUMN payments.refunds.opened_at IS 'When the refund was first asked for.';
COMMENT ON COLUMN payments.refunds.settled_at IS 'When its outcome became known to us.';
COMMENT ON INDEX payments.refunds_pkey IS 'Reads by id.';
COMMENT ON INDEX payments.refunds_reference_key IS 'One refund a reference, and how settling finds it.';
CREATE INDEX refunds_payment_id ON payments.refunds (payment_id);
COMMENT ON INDEX payments.refunds_payment_id IS 'The sum of a payment''s refunds, which every new refund and every recognition asks for.';

-- The lock makes refunds of one payment wait for one another: without it, two of them could each find room for itself.
CREATE FUNCTION payments.refund_within_captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  captured bigint;
  refunded numeric;
BEGIN
  SELECT CASE WHEN status = 'captured' THEN amount ELSE 0 END INTO captured
    FROM payments.payments WHERE id = NEW.payment_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount), 0) INTO refunded
    FROM payments.refunds WHERE payment_id = NEW.payment_id AND status <> 'failed' AND reference <> NEW.reference;
  IF refunded + NEW.amount > coalesce(captured, 0) THEN
    RAISE EXCEPTION 'refunds of payment % would exceed what was captured', NEW.payment_id
      USING ERRCODE = 'check_violation', SCHEMA = 'payments', TABLE = 'refunds', CONSTRAINT = 'refunds_within_captured';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION payments.refund_within_captured IS 'Refuses a refund that would give back more than was captured, pending ones included.';
CREATE TRIGGER refunds_within_captured BEFORE INSERT OR UPDATE OF payment_id, reference, amount, status ON payments.refunds
  FOR EACH ROW WHEN (NEW.status <> 'failed') EXECUTE FUNCTION payments.refund_within_captured();
COMMENT ON TRIGGER refunds_within_captured ON payments.refunds IS 'A failed refund holds no money, so only the others are weighed.';
