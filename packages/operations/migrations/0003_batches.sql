CREATE TABLE operations.batches (
  id         text PRIMARY KEY,
  act        text NOT NULL,
  reason     text NOT NULL,
  ticket     text,
  asked_by   text NOT NULL,
  despite    boolean NOT NULL,
  rate       integer NOT NULL CHECK (rate BETWEEN 1 AND 6000),
  stage      text NOT NULL CHECK (stage IN ('previewed', 'running', 'paused', 'cancelled', 'done')),
  stake      text NOT NULL,
  next_at    timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE operations.batches IS 'One act on many sagas, whose names were fixed when it was looked at: what a search finds later is not in it.';
COMMENT ON COLUMN operations.batches.act IS 'Which, as JSON.';
COMMENT ON COLUMN operations.batches.asked_by IS 'Who, as JSON.';
COMMENT ON COLUMN operations.batches.rate IS 'Items a minute at most.';
COMMENT ON COLUMN operations.batches.stake IS 'What the previews of all items come to, as JSON.';
COMMENT ON COLUMN operations.batches.next_at IS 'Before this moment no further item begins.';
CREATE INDEX batches_running ON operations.batches (next_at) WHERE stage IN ('running', 'paused', 'cancelled');
COMMENT ON INDEX operations.batches_running IS 'Those with something to do or to watch.';

CREATE TABLE operations.batch_items (
  batch   text NOT NULL REFERENCES operations.batches (id),
  place   integer NOT NULL,
  name    text NOT NULL,
  version bigint,
  outcome text NOT NULL CHECK (outcome IN ('pending', 'begun', 'worked', 'failed_again', 'refused', 'declined', 'skipped', 'cancelled')),
  act     text,
  note    text,
  PRIMARY KEY (batch, place)
);
COMMENT ON TABLE operations.batch_items IS 'What became of each. Every item has one outcome at any time, so the counts always come to the whole.';
COMMENT ON COLUMN operations.batch_items.version IS 'The version that was looked at; an item that moved since is skipped.';
COMMENT ON COLUMN operations.batch_items.act IS 'Its act, named before it is asked for, so that a process that dies in between leaves none twice.';
COMMENT ON COLUMN operations.batch_items.note IS 'Why it was skipped or refused.';
CREATE UNIQUE INDEX batch_items_name ON operations.batch_items (batch, name);
COMMENT ON INDEX operations.batch_items_name IS 'Nobody is in a batch twice.';
CREATE INDEX batch_items_open ON operations.batch_items (batch, outcome, place) WHERE outcome IN ('pending', 'begun');
COMMENT ON INDEX operations.batch_items_open IS 'The next to begin, and those to watch.';
