CREATE TABLE payments.refunds (
  id           uuid PRIMARY KEY,
  payment_id   uuid NOT NULL REFERENCES payments.payments (id),
  reference    text NOT NULL UNIQUE,
  amount       bigint NOT NULL CHECK (amount > 0),
  source       text NOT NULL CHECK (source IN ('customer_prepayments', 'revenue')),
  purpose      text NOT NULL DEFAULT 'undo' CHECK (purpose IN ('undo', 'cancellation', 'goodwill', 'by_hand')),
  reason       text NOT NULL DEFAULT '',
  requested_by uuid,
  decided_by   uuid,
  status       text NOT NULL DEFAULT 'pending'
               CHECK (status IN ('pending', 'requires_action', 'succeeded', 'failed', 'cancelled', 'reversed')),
  action       text CHECK (action IN ('approval', 'customer')),
  provider_id  text,
  code         text,
  opened_at    timestamptz NOT NULL,
  released_at  timestamptz NOT NULL,
  settled_at   timestamptz,
  CONSTRAINT refunds_moved_has_provider_id CHECK (status NOT IN ('succeeded', 'reversed') OR provider_id IS NOT NULL),
  CONSTRAINT refunds_failed_has_code CHECK (status NOT IN ('failed', 'reversed') OR code IS NOT NULL),
  CONSTRAINT refunds_waiting_has_action CHECK ((status = 'requires_action') = (action IS NOT NULL)),
  CONSTRAINT refunds_settled_has_time CHECK ((status IN ('pending', 'requires_action')) = (settled_at IS NULL)),
  CONSTRAINT refunds_need_two_people CHECK (decided_by <> requested_by OR status = 'cancelled')
);
COMMENT ON TABLE payments.refunds IS 'Money on its way back. Written before the provider is asked, like a payment.';
COMMENT ON COLUMN payments.refunds.id IS 'What people and the API name a refund by, and the name of its execution where it has one.';
COMMENT ON COLUMN payments.refunds.payment_id IS 'The payment it gives back.';
COMMENT ON COLUMN payments.refunds.reference IS 'The key under which the provider knows the refund: the same for every try, whoever tries.';
COMMENT ON COLUMN payments.refunds.amount IS 'Minor units, in the currency of the payment.';
COMMENT ON COLUMN payments.refunds.source IS 'The ledger account that the money leaves, decided when the refund is opened: revenue once tickets were issued, before that the prepayments.';
COMMENT ON COLUMN payments.refunds.purpose IS 'undo: the booking came to nothing. cancellation: seats were given back. goodwill: the tickets stay. by_hand: made at the provider, not by us.';
COMMENT ON COLUMN payments.refunds.reason IS 'Why, in the words of whoever asked.';
COMMENT ON COLUMN payments.refunds.requested_by IS 'Who asked for it; null when a saga did.';
COMMENT ON COLUMN payments.refunds.decided_by IS 'The second person, who approved or refused it.';
COMMENT ON COLUMN payments.refunds.status IS 'Merged from all that was heard, in whatever order: see refund/standing.rs. pending, requires_action and succeeded count against the captured amount.';
COMMENT ON COLUMN payments.refunds.action IS 'What it waits for: approval of a second person, before the provider is asked; or something that the provider wants of the customer.';
COMMENT ON COLUMN payments.refunds.provider_id IS 'The provider''s own name for the refund, once it told.';
COMMENT ON COLUMN payments.refunds.code IS 'The provider''s reason, once it failed or came back: a person has to look.';
COMMENT ON COLUMN payments.refunds.opened_at IS 'When the refund was first asked for.';
COMMENT ON COLUMN payments.refunds.released_at IS 'From when on the provider could be asked: the opening, or the approval.';
COMMENT ON COLUMN payments.refunds.settled_at IS 'When its outcome became known to us.';
COMMENT ON CONSTRAINT refunds_need_two_people ON payments.refunds IS 'Nobody approves what they asked for; taking one''s own request back is fine.';
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
    FROM payments.refunds
    WHERE payment_id = NEW.payment_id AND status IN ('pending', 'requires_action', 'succeeded') AND reference <> NEW.reference;
  IF refunded + payments.gone(NEW.payment_id) + NEW.amount > coalesce(captured, 0) THEN
    RAISE EXCEPTION 'refunds of payment % would exceed what was captured', NEW.payment_id
      USING ERRCODE = 'check_violation', SCHEMA = 'payments', TABLE = 'refunds', CONSTRAINT = 'refunds_within_captured';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION payments.refund_within_captured IS 'Refuses a refund that would give back more than was captured, pending ones, payouts and disputes included.';
CREATE TRIGGER refunds_within_captured BEFORE INSERT OR UPDATE OF payment_id, reference, amount, status ON payments.refunds
  FOR EACH ROW WHEN (NEW.status IN ('pending', 'requires_action', 'succeeded')) EXECUTE FUNCTION payments.refund_within_captured();
COMMENT ON TRIGGER refunds_within_captured ON payments.refunds IS 'A refund that failed, was cancelled or came back holds no money, so only the others are weighed.';
