CREATE TABLE orchestrator.deliveries (
  execution_id text COLLATE "C" NOT NULL,
  written_at   timestamptz NOT NULL,
  deliveries   text NOT NULL
);
COMMENT ON TABLE orchestrator.deliveries IS 'What workers were given and what came of it: for people, written every second, one row for all that a process did for an execution meanwhile.';
COMMENT ON COLUMN orchestrator.deliveries.deliveries IS 'A JSON array; text, because it is only ever read whole.';
CREATE INDEX deliveries_execution ON orchestrator.deliveries (execution_id);
COMMENT ON INDEX orchestrator.deliveries_execution IS 'Read with the execution.';
CREATE INDEX deliveries_written ON orchestrator.deliveries USING brin (written_at);
COMMENT ON INDEX orchestrator.deliveries_written IS 'Pruned by age; rows arrive in that order.';
