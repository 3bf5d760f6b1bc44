CREATE TABLE payments.challenges (
  payment_id  uuid PRIMARY KEY,
  task_token  text NOT NULL,
  url         text NOT NULL,
  opened_at   timestamptz NOT NULL,
  deadline    timestamptz NOT NULL,
  kept_until  timestamptz NOT NULL,
  answered_at timestamptz
) WITH (fillfactor = 70);
COMMENT ON TABLE payments.challenges IS 'Steps that wait for a customer. The token is kept here, so that whichever process hears the answer can go on, whichever process asked.';
COMMENT ON COLUMN payments.challenges.task_token IS 'The newest one: a step that was delivered again has another. Whoever holds it can answer, so it is never shown.';
COMMENT ON COLUMN payments.challenges.url IS 'Where the customer confirms the payment.';
COMMENT ON COLUMN payments.challenges.deadline IS 'When the charge is closed at the provider. Counted from the first delivery, so that no redelivery lengthens it.';
COMMENT ON COLUMN payments.challenges.kept_until IS 'Until when another keeper leaves the heartbeat to the one that took it.';
COMMENT ON COLUMN payments.challenges.answered_at IS 'When the step was answered.';
CREATE INDEX challenges_open ON payments.challenges (kept_until) WHERE answered_at IS NULL;
COMMENT ON INDEX payments.challenges_open IS 'What a keeper has to look after.';
