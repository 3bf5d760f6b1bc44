CREATE TABLE messaging.messages (
  id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  queue      text NOT NULL,
  body       text NOT NULL,
  receives   integer NOT NULL DEFAULT 0,
  visible_at timestamptz NOT NULL,
  sent_at    timestamptz NOT NULL
);
COMMENT ON TABLE messaging.messages IS 'Messages that were not acknowledged yet; rows live for milliseconds, so the table stays small.';
COMMENT ON COLUMN messaging.messages.receives IS 'How often it was delivered; also the number of the lease, which a receipt has to name.';
COMMENT ON COLUMN messaging.messages.visible_at IS 'Not before this moment: the end of the lease of whoever has it.';
CREATE INDEX messages_visible ON messaging.messages (queue, visible_at);
COMMENT ON INDEX messaging.messages_visible IS 'Receiving takes the oldest visible ones of a queue, however many wait in another.';
ALTER TABLE messaging.messages SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE messaging.dead_letters (
  id       bigint PRIMARY KEY,
  queue    text NOT NULL,
  body     text NOT NULL,
  receives integer NOT NULL,
  reason   text NOT NULL,
  sent_at  timestamptz NOT NULL,
  died_at  timestamptz NOT NULL
);
COMMENT ON TABLE messaging.dead_letters IS 'Messages that nobody could handle, until a person decides.';
CREATE INDEX dead_letters_queue ON messaging.dead_letters (queue, id);
COMMENT ON INDEX messaging.dead_letters_queue IS 'Operators page through one queue at a time.';
