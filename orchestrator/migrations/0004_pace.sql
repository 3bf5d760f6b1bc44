ALTER TABLE orchestrator.executions
  ADD COLUMN moved_at timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN ahead bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN orchestrator.executions.moved_at IS 'The machine''s clock at its last transition: a clock that shows less has gone back.';
COMMENT ON COLUMN orchestrator.executions.ahead IS 'By how many microseconds its own clock is ahead of the machine''s, because that went back under it. Its timers are in its own time, due_at is in the machine''s.';
