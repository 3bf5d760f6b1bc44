CREATE TABLE usher.outbox (
  id         uuid PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('event', 'start')),
  topic      text NOT NULL,
  payload    jsonb NOT NULL,
  due_at     timestamptz NOT NULL,
  written_at timestamptz NOT NULL
);
COMMENT ON TABLE usher.outbox IS 'Messages written with the change they tell of; deleted once sent, so nearly empty and in need of no second index.';
COMMENT ON COLUMN usher.outbox.id IS 'Sortable by time; receivers recognise repetitions by it.';
COMMENT ON COLUMN usher.outbox.kind IS 'event: for the bus. start: an execution to start.';
COMMENT ON COLUMN usher.outbox.topic IS 'Name of the event or of the saga.';
COMMENT ON COLUMN usher.outbox.due_at IS 'Not before this moment: writers hand starts over themselves, relays hide what they lease.';
COMMENT ON COLUMN usher.outbox.written_at IS 'For the age of the backlog.';
