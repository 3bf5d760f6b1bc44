CREATE TABLE drills.processes (
  drill    uuid NOT NULL,
  process  uuid NOT NULL,
  role     text NOT NULL,
  hits     jsonb NOT NULL,
  counters jsonb NOT NULL,
  beat_at  timestamptz NOT NULL,
  PRIMARY KEY (drill, process)
);
COMMENT ON TABLE drills.processes IS 'What each process that obeyed a drill says of it: how often a fault struck, and what it counted.';
COMMENT ON COLUMN drills.processes.process IS 'Made anew at each start: a process that was killed and its successor are two.';
COMMENT ON COLUMN drills.processes.hits IS 'How often each fault struck, by its id.';
COMMENT ON COLUMN drills.processes.counters IS 'Repetitions, stale tokens and suppressed duplicates since the process began.';
