CREATE TABLE messaging.subscriptions (
  consumer text NOT NULL,
  pattern  text NOT NULL,
  PRIMARY KEY (consumer, pattern)
);
COMMENT ON TABLE messaging.subscriptions IS 'Who wants to hear of what; patterns as in AMQP''s topic exchanges.';
