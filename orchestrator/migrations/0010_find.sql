ALTER TABLE orchestrator.sagas
  ADD COLUMN user_id      text,
  ADD COLUMN seats        text[] NOT NULL DEFAULT '{}',
  ADD COLUMN attempt      integer NOT NULL DEFAULT 0,
  ADD COLUMN waiting      text CHECK (waiting IN ('task', 'retry', 'timer')),
  ADD COLUMN wakes_at     timestamptz,
  ADD COLUMN failed_state text,
  ADD COLUMN version      text COLLATE "C",
  ADD COLUMN moved        bigint NOT NULL DEFAULT 0;
COMMENT ON TABLE orchestrator.sagas IS 'What is known of executions, so that they can be found by whatever they are about. Beside another engine it is fed by our own starts, by the requests that workers are given, and by looking; beside the embedded one by its transitions, after they are durable, and by looking for what was missed. The engine is right.';
COMMENT ON COLUMN orchestrator.sagas.attempt IS 'Attempts of its state before the present or the next one.';
COMMENT ON COLUMN orchestrator.sagas.waiting IS 'For a worker, for the next attempt, or for a moment; null where the engine does not tell.';
COMMENT ON COLUMN orchestrator.sagas.wakes_at IS 'When that is over at the latest.';
COMMENT ON COLUMN orchestrator.sagas.error IS 'What it ended with, or else the last error that it met on its way.';
COMMENT ON COLUMN orchestrator.sagas.failed_state IS 'The state that met it.';
COMMENT ON COLUMN orchestrator.sagas.version IS 'The hash of its definition.';
COMMENT ON COLUMN orchestrator.sagas.moved IS 'The version of the embedded engine''s row that this says: less is old news. 0 beside another engine.';
CREATE INDEX sagas_open ON orchestrator.sagas (started_at, id) WHERE status <> 'SUCCEEDED';
COMMENT ON INDEX orchestrator.sagas_open IS 'What runs or waits for a person: most questions are about these, and they are few.';
CREATE INDEX sagas_rare ON orchestrator.sagas (saga, started_at, id) WHERE saga <> 'booking';
COMMENT ON INDEX orchestrator.sagas_rare IS 'The sagas that would be hard to find among the bookings, which pay nothing for it.';
CREATE INDEX sagas_error ON orchestrator.sagas (error, started_at) WHERE error IS NOT NULL;
COMMENT ON INDEX orchestrator.sagas_error IS 'What goes wrong how often.';
CREATE INDEX sagas_user ON orchestrator.sagas (user_id);
COMMENT ON INDEX orchestrator.sagas_user IS 'Everything of one customer.';
CREATE INDEX sagas_seats ON orchestrator.sagas USING gin (seats);
COMMENT ON INDEX orchestrator.sagas_seats IS 'Who had this seat? New rows wait in its pending list, so that each costs little.';
CREATE INDEX sagas_version ON orchestrator.sagas USING brin (version);
COMMENT ON INDEX orchestrator.sagas_version IS 'Definitions follow one another in time, as rows do: whole ranges have one.';
