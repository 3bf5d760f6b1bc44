ALTER TABLE payments.webhooks ADD COLUMN reference text;
COMMENT ON COLUMN payments.webhooks.reference IS 'Our reference of the charge that it is about; null for one of nobody.';
CREATE INDEX webhooks_reference ON payments.webhooks (reference);
COMMENT ON INDEX payments.webhooks_reference IS 'What the provider told about one payment.';
