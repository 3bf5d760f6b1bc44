CREATE TABLE orchestrator.executions (
  id         text COLLATE "C" PRIMARY KEY,
  definition text NOT NULL,
  status     text NOT NULL CHECK (status IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
  states     text NOT NULL,
  version    bigint NOT NULL,
  snapshot   text NOT NULL,
  due_at     timestamptz,
  started_at timestamptz NOT NULL,
  stopped_at timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE orchestrator.executions IS 'One run of a saga, as of its last transition.';
COMMENT ON COLUMN orchestrator.executions.id IS 'Saga and name, so that a second start of the same booking finds the first.';
COMMENT ON COLUMN orchestrator.executions.definition IS 'The hash of the definition it began with.';
COMMENT ON COLUMN orchestrator.executions.states IS 'Where it stands, separated by commas.';
COMMENT ON COLUMN orchestrator.executions.version IS 'Counts transitions. Whoever writes states the version it read; an engine that slept changes nothing.';
COMMENT ON COLUMN orchestrator.executions.snapshot IS 'The interpreter''s state, as JSON. Room is left on the page so that the next version fits beside it.';
COMMENT ON COLUMN orchestrator.executions.due_at IS 'Not later than the earliest timer; null once it ended. Moved only to come earlier, so that most transitions leave every index alone.';
CREATE INDEX executions_due ON orchestrator.executions (due_at) WHERE due_at IS NOT NULL;
COMMENT ON INDEX orchestrator.executions_due IS 'Timers; also exactly the running executions.';
CREATE INDEX executions_unhappy ON orchestrator.executions (started_at) WHERE status IN ('FAILED', 'TIMED_OUT', 'ABORTED');
COMMENT ON INDEX orchestrator.executions_unhappy IS 'The operator''s list, short by design.';
ALTER TABLE orchestrator.executions ALTER COLUMN snapshot SET STORAGE EXTERNAL;

CREATE FUNCTION orchestrator.all_moved(moved bigint, given integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF moved <> given THEN
    RAISE EXCEPTION '% of % executions were moved by somebody else', given - moved, given USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN true;
END
$$;
COMMENT ON FUNCTION orchestrator.all_moved IS 'Fails a statement that moves fewer executions than it was given, so that nothing of it stays.';
