CREATE TABLE payments.disputes (
  id          uuid PRIMARY KEY,
  payment_id  uuid NOT NULL REFERENCES payments.payments (id),
  provider_id text NOT NULL UNIQUE,
  amount      bigint NOT NULL CHECK (amount > 0),
  source      text NOT NULL CHECK (source IN ('customer_prepayments', 'revenue')),
  status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'won', 'lost')),
  opened_at   timestamptz NOT NULL,
  closed_at   timestamptz,
  CONSTRAINT disputes_closed_has_time CHECK ((status = 'open') = (closed_at IS NULL))
);
COMMENT ON TABLE payments.disputes IS 'Money that the customer''s bank took back. Unless it is won, it closes the refund path: the customer has that money.';
COMMENT ON COLUMN payments.disputes.payment_id IS 'The payment that is disputed.';
COMMENT ON COLUMN payments.disputes.provider_id IS 'The provider''s own name for the dispute; hearing of it twice is one dispute.';
COMMENT ON COLUMN payments.disputes.amount IS 'Minor units, in the currency of the payment.';
COMMENT ON COLUMN payments.disputes.source IS 'The ledger account that the money left, and returns to when the dispute is won.';
COMMENT ON COLUMN payments.disputes.status IS 'open: the bank has the money until it is decided. won: we got it back. lost: we did not.';
CREATE INDEX disputes_of_payment ON payments.disputes (payment_id);
COMMENT ON INDEX payments.disputes_of_payment IS 'What is disputed of a payment, which every new refund asks for.';

CREATE FUNCTION payments.gone(payment uuid) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(amount) FROM payments.payouts WHERE payment_id = payment), 0)
    + coalesce((SELECT sum(amount) FROM payments.disputes WHERE payment_id = payment AND status <> 'won'), 0)
$$;
COMMENT ON FUNCTION payments.gone IS 'What of a payment left past its refunds: paid out by ourselves, or taken by the customer''s bank.';
