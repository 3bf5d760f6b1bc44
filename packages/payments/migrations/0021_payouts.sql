CREATE TABLE payments.payouts (
  id         uuid PRIMARY KEY,
  refund_id  uuid NOT NULL UNIQUE REFERENCES payments.refunds (id),
  payment_id uuid NOT NULL REFERENCES payments.payments (id),
  amount     bigint NOT NULL CHECK (amount > 0),
  method     text NOT NULL,
  evidence   text NOT NULL CHECK (evidence <> ''),
  paid_by    uuid NOT NULL,
  paid_at    timestamptz NOT NULL
);
COMMENT ON TABLE payments.payouts IS 'Money that went to the customer past the provider, because a refund failed or came back.';
COMMENT ON COLUMN payments.payouts.refund_id IS 'The refund that could not be made: each is paid out once.';
COMMENT ON COLUMN payments.payouts.payment_id IS 'Its payment.';
COMMENT ON COLUMN payments.payouts.amount IS 'The amount of the refund, minor units.';
COMMENT ON COLUMN payments.payouts.method IS 'How: bank transfer, voucher, cash.';
COMMENT ON COLUMN payments.payouts.evidence IS 'Where the proof is: the number of the transfer or of the receipt. Never the customer''s account.';
COMMENT ON COLUMN payments.payouts.paid_by IS 'Who paid.';
COMMENT ON COLUMN payments.payouts.paid_at IS 'When it was written down.';
CREATE INDEX payouts_of_payment ON payments.payouts (payment_id);
COMMENT ON INDEX payments.payouts_of_payment IS 'What was paid out of a payment, for the audit.';
