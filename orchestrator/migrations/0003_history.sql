CREATE TABLE orchestrator.history (
  execution_id text COLLATE "C" NOT NULL,
  first_event  bigint NOT NULL,
  events       text NOT NULL,
  PRIMARY KEY (execution_id, first_event)
);
COMMENT ON TABLE orchestrator.history IS 'What happened, append-only: one row for the events of one transition.';
COMMENT ON COLUMN orchestrator.history.events IS 'A JSON array of events as AWS names them. Text, because it is only ever read whole.';
ALTER TABLE orchestrator.history ALTER COLUMN events SET STORAGE EXTERNAL;
-- A transition's events are a little more than the 2 kB from which PostgreSQL would move them out of line, in two chunks with
-- an index entry each. They stay in the row up to what fits on a page.
ALTER TABLE orchestrator.history SET (toast_tuple_target = 8160);
COMMENT ON COLUMN orchestrator.history.first_event IS 'The id of the first of them.';
