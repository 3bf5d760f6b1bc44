CREATE TABLE orchestrator.definitions (
  hash       text PRIMARY KEY,
  saga       text NOT NULL,
  definition text NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE orchestrator.definitions IS 'Every definition that was ever deployed here: what runs goes on with the one it began with.';
COMMENT ON COLUMN orchestrator.definitions.hash IS 'SHA-256 of the definition, in hexadecimal.';
