CREATE TABLE operations.open_acts (
  act       text PRIMARY KEY,
  execution text NOT NULL,
  stage     text NOT NULL CHECK (stage IN ('awaiting_approval', 'requested', 'carried_out')),
  request   text NOT NULL,
  tried     boolean NOT NULL DEFAULT false,
  look_at   timestamptz NOT NULL,
  opened_at timestamptz NOT NULL
);
COMMENT ON TABLE operations.open_acts IS 'Acts that are not over: what is still to be done or watched. Short by design; the chain remembers the others.';
COMMENT ON COLUMN operations.open_acts.request IS 'What was asked for, as JSON, with the execution as it was seen.';
COMMENT ON COLUMN operations.open_acts.tried IS 'The engine was asked; whether it answered, nobody may know.';
COMMENT ON COLUMN operations.open_acts.look_at IS 'When it is somebody''s turn to look again; whoever looks puts it off first.';
CREATE UNIQUE INDEX open_acts_execution ON operations.open_acts (execution);
COMMENT ON INDEX operations.open_acts_execution IS 'One act at a time for an execution: the second of two people is told of the first.';
