CREATE INDEX executions_ended ON orchestrator.executions (stopped_at) WHERE stopped_at IS NOT NULL;
COMMENT ON INDEX orchestrator.executions_ended IS 'The oldest are removed first. Written once in the life of an execution, at its right end.';
