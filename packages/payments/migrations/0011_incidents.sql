CREATE TABLE payments.incidents (
  id            uuid PRIMARY KEY,
  kind          text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
  reference     text NOT NULL,
  payment_id    uuid,
  refund_id     uuid,
  detail        text NOT NULL,
  customer_text text NOT NULL,
  opened_at     timestamptz NOT NULL,
  resolved_at   timestamptz,
  resolution    text,
  UNIQUE (kind, reference),
  CONSTRAINT incidents_resolved_has_resolution CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
COMMENT ON TABLE payments.incidents IS 'Where the books and the provider cannot be brought together by a machine, or were and somebody has to know. Each is opened once, whoever notices.';
COMMENT ON COLUMN payments.incidents.kind IS 'payment_unknown, capture_failed, late_success, refund_failed, foreign_refund and their like: the runbook has a line for each.';
COMMENT ON COLUMN payments.incidents.reference IS 'What it is about, as the provider knows it.';
COMMENT ON COLUMN payments.incidents.payment_id IS 'The payment, where one is known.';
COMMENT ON COLUMN payments.incidents.refund_id IS 'The refund, where it is about one.';
COMMENT ON COLUMN payments.incidents.detail IS 'What was seen, for operators.';
COMMENT ON COLUMN payments.incidents.customer_text IS 'The key of the text that the customer is shown meanwhile.';
COMMENT ON COLUMN payments.incidents.resolution IS 'How it ended and by whom.';
COMMENT ON INDEX payments.incidents_kind_reference_key IS 'The same trouble is one incident, and open ones of a kind are found.';
CREATE INDEX incidents_open ON payments.incidents (opened_at) WHERE resolved_at IS NULL;
COMMENT ON INDEX payments.incidents_open IS 'The list that a person works off.';
CREATE INDEX incidents_payment ON payments.incidents (payment_id);
COMMENT ON INDEX payments.incidents_payment IS 'What there is about one payment.';
