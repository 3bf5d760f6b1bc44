CREATE TABLE operations.chain (
  seq       bigint PRIMARY KEY,
  entry     json NOT NULL,
  previous  bytea NOT NULL,
  hash      bytea NOT NULL,
  act       text NOT NULL GENERATED ALWAYS AS (entry ->> 'act') STORED,
  execution text NOT NULL GENERATED ALWAYS AS ((entry ->> 'saga') || ':' || (entry ->> 'name')) STORED
);
COMMENT ON TABLE operations.chain IS 'Everything that people did to sagas, and what came of it, append-only. Where an act stands is computed from it.';
COMMENT ON COLUMN operations.chain.seq IS 'From 1, without a gap.';
COMMENT ON COLUMN operations.chain.entry IS 'The entry to the byte: json, because jsonb would write it anew and the hash would be of something else.';
COMMENT ON COLUMN operations.chain.previous IS 'The hash of the entry before; 32 zeros for the first.';
COMMENT ON COLUMN operations.chain.hash IS 'SHA-256 of the previous hash and the entry: whoever changes an entry has to change all that follow.';
COMMENT ON COLUMN operations.chain.act IS 'Which act. Made of the entry, so that it cannot be changed beside it.';
COMMENT ON COLUMN operations.chain.execution IS 'Saga and name of the execution.';
CREATE INDEX chain_act ON operations.chain (act, seq);
COMMENT ON INDEX operations.chain_act IS 'The story of one act.';
CREATE INDEX chain_execution ON operations.chain (execution, seq);
COMMENT ON INDEX operations.chain_execution IS 'What people did to one execution, for its timeline.';

CREATE TABLE operations.chain_end (
  one  boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq  bigint NOT NULL,
  hash bytea NOT NULL
);
COMMENT ON TABLE operations.chain_end IS 'The last entry. Whoever appends locks it, and an entry that was cut off at the end is missed by it.';
INSERT INTO operations.chain_end VALUES (true, 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

CREATE FUNCTION operations.chain_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the chain of acts is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION operations.chain_is_append_only IS 'Refuses every change of an entry. Who removes the trigger leaves the hashes behind.';
CREATE TRIGGER chain_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operations.chain
  FOR EACH STATEMENT EXECUTE FUNCTION operations.chain_is_append_only();
