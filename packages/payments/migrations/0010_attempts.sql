CREATE TABLE payments.attempts (
  payment_id uuid NOT NULL,
  id         uuid NOT NULL,
  call       text NOT NULL CHECK (call IN ('authorise', 'cancel', 'capture', 'charge', 'look_up')),
  began_at   timestamptz NOT NULL,
  heard      text CHECK (heard IN ('answered', 'declined', 'unknown', 'rejected')),
  detail     text,
  heard_at   timestamptz,
  PRIMARY KEY (payment_id, id),
  CONSTRAINT attempts_heard_has_time CHECK ((heard IS NULL) = (heard_at IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE payments.attempts IS 'Each call to the provider that was begun, written before it is made. A row without an answer is a call that nobody came back from. What was asked is in the payment. Pages keep room for the one update in place.';
COMMENT ON COLUMN payments.attempts.payment_id IS 'The payment. No foreign key: the first row is written by the statement that opens the payment, and the check would cost more than the row.';
COMMENT ON COLUMN payments.attempts.id IS 'Sorts by age; the first attempt has the payment''s own number, so that whoever opened a payment knows it.';
COMMENT ON COLUMN payments.attempts.call IS 'What was asked of the provider.';
COMMENT ON COLUMN payments.attempts.heard IS 'answered: what is in detail. declined: with the code in detail. unknown: silence, and what was seen instead. rejected: our mistake.';
COMMENT ON COLUMN payments.attempts.detail IS 'Where the charge stood, or why not.';
COMMENT ON INDEX payments.attempts_pkey IS 'The attempts of a payment, oldest first.';

CREATE FUNCTION payments.attempts_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of payments.attempts is forbidden: what was asked and heard stays', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION payments.attempts_are_kept IS 'Refuses whatever would make an attempt undone.';
CREATE TRIGGER attempts_are_kept BEFORE DELETE OR TRUNCATE ON payments.attempts
  FOR EACH STATEMENT EXECUTE FUNCTION payments.attempts_are_kept();
COMMENT ON TRIGGER attempts_are_kept ON payments.attempts IS 'A failed attempt is what a dispute is decided by.';
CREATE TRIGGER attempts_are_heard_once BEFORE UPDATE ON payments.attempts
  FOR EACH ROW WHEN (OLD.heard IS NOT NULL) EXECUTE FUNCTION payments.attempts_are_kept();
COMMENT ON TRIGGER attempts_are_heard_once ON payments.attempts IS 'The condition is checked without a call, so the one update of each row pays nothing.';
