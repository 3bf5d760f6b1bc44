CREATE TABLE messaging.messages (
  queue      text NOT NULL,
  id         uuid NOT NULL,
  body       text NOT NULL,
  receives   integer NOT NULL DEFAULT 0,
  visible_at timestamptz NOT NULL,
  sent_at    timestamptz NOT NULL,
  PRIMARY KEY (queue, id)
);
COMMENT ON TABLE messaging.messages IS 'Messages that were not acknowledged yet; rows live for milliseconds, so the table stays small.';
COMMENT ON COLUMN messaging.messages.id IS 'Sortable by time and made by the sender, who so knows it without asking. Receiving takes the oldest visible ones of a queue; with two indexes a message would cost half as much again.';
COMMENT ON COLUMN messaging.messages.receives IS 'How often it was delivered; also the number of the lease, which a receipt has to name.';
COMMENT ON COLUMN messaging.messages.visible_at IS 'Not before this moment: the end of the lease of whoever has it.';
ALTER TABLE messaging.messages SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE messaging.dead_letters (
  id       uuid PRIMARY KEY,
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
