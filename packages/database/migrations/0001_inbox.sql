CREATE TABLE usher.inbox (
  key         text PRIMARY KEY,
  answer      jsonb NOT NULL,
  recorded_at timestamptz NOT NULL
);
COMMENT ON TABLE usher.inbox IS 'Answers already given, written with their effect, so that a repeated message changes nothing.';
COMMENT ON COLUMN usher.inbox.key IS 'Execution name and step: the same for every retry and redrive.';
COMMENT ON COLUMN usher.inbox.answer IS 'What every repetition is answered with.';
COMMENT ON COLUMN usher.inbox.recorded_at IS 'For pruning once no execution can repeat the message.';
-- Pruning reads by age; rows arrive in that order, so a block range index of a few pages serves.
CREATE INDEX inbox_recorded_at ON usher.inbox USING brin (recorded_at);
