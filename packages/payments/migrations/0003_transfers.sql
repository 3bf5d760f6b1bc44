CREATE TABLE payments.transfers (
  payment_id  uuid NOT NULL,
  kind        text NOT NULL,
  reference   text NOT NULL,
  booking_id  uuid NOT NULL,
  debit       text NOT NULL,
  credit      text NOT NULL,
  amount      bigint NOT NULL CHECK (amount > 0),
  currency    text NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (payment_id, kind, reference),
  CONSTRAINT transfers_known CHECK ((kind, debit, credit) IN (
    ('capture', 'provider', 'customer_prepayments'),
    ('recognise', 'customer_prepayments', 'revenue'),
    ('refund', 'customer_prepayments', 'provider'),
    ('refund', 'revenue', 'provider'),
    ('reversal', 'provider', 'customer_prepayments'),
    ('reversal', 'provider', 'revenue'),
    ('payout', 'customer_prepayments', 'bank'),
    ('payout', 'revenue', 'bank'),
    ('dispute', 'customer_prepayments', 'provider'),
    ('dispute', 'revenue', 'provider'),
    ('dispute_won', 'provider', 'customer_prepayments'),
    ('dispute_won', 'provider', 'revenue'),
    ('fee', 'fees', 'provider')
  ))
);
COMMENT ON TABLE payments.transfers IS 'The ledger. One row moves one amount from one account to another, so no posting can be out of balance; every figure about money is derived from here. Rows are only ever added.';
COMMENT ON COLUMN payments.transfers.payment_id IS 'The payment. No foreign key: the row is written by the statement''s own transaction that settles the payment, and the check would cost more than the row.';
COMMENT ON COLUMN payments.transfers.kind IS 'capture: the provider has the customer''s money. recognise: tickets were issued for it. refund: it went back. reversal: a refund came back to us. payout: we paid it out past the provider, because a refund failed. dispute: the customer''s bank took it. dispute_won: it gave it back. fee: the provider kept a part.';
COMMENT ON COLUMN payments.transfers.reference IS 'What caused it: the reference of the charge, of the refund, or the provider''s name of the dispute.';
COMMENT ON COLUMN payments.transfers.booking_id IS 'The booking, so that an auditor reads the ledger alone.';
COMMENT ON COLUMN payments.transfers.debit IS 'The account that gains: provider (what the provider owes us), customer_prepayments (paid, no ticket yet), revenue, fees, bank (our own account, from which we pay out).';
COMMENT ON COLUMN payments.transfers.credit IS 'The account that gives.';
COMMENT ON COLUMN payments.transfers.amount IS 'Minor units of the currency.';
COMMENT ON COLUMN payments.transfers.currency IS 'ISO 4217.';
COMMENT ON COLUMN payments.transfers.occurred_at IS 'When we booked it.';
COMMENT ON INDEX payments.transfers_pkey IS 'The same cause is booked once, and a payment''s postings are found together.';

CREATE FUNCTION payments.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of %.% is forbidden: the ledger is corrected by a further transfer', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION payments.append_only IS 'Refuses whatever would change the past.';
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.transfers
  FOR EACH STATEMENT EXECUTE FUNCTION payments.append_only();
COMMENT ON TRIGGER transfers_append_only ON payments.transfers IS 'A statement trigger: it costs nothing to those who add rows.';
