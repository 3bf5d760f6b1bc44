CREATE TABLE payments.webhooks (
  event_id    text PRIMARY KEY,
  kind        text NOT NULL,
  body        text NOT NULL,
  received_at timestamptz NOT NULL,
  applied_at  timestamptz,
  outcome     text,
  CONSTRAINT webhooks_applied_has_outcome CHECK ((applied_at IS NULL) = (outcome IS NULL))
);
COMMENT ON TABLE payments.webhooks IS 'What the provider told by itself, as it came, once its signature was found good. Stored before the provider is answered; what was stored and not applied is applied later.';
COMMENT ON COLUMN payments.webhooks.event_id IS 'The provider''s own name for the event: the same event again is this row.';
COMMENT ON COLUMN payments.webhooks.kind IS 'The provider''s own word for what happened.';
COMMENT ON COLUMN payments.webhooks.body IS 'Ids and amounts, as they were signed. Providers do not send card data.';
COMMENT ON COLUMN payments.webhooks.outcome IS 'What it changed, when it was applied last.';
CREATE INDEX webhooks_waiting ON payments.webhooks (received_at) WHERE applied_at IS NULL;
COMMENT ON INDEX payments.webhooks_waiting IS 'What a process stored before it died.';
