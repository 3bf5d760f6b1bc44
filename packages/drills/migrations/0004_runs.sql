CREATE TABLE drills.runs (
  id       uuid PRIMARY KEY,
  name     text NOT NULL,
  seed     bigint NOT NULL,
  verdict  text,
  began_at timestamptz NOT NULL,
  ended_at timestamptz,
  failure  text,
  report   jsonb
);
COMMENT ON TABLE drills.runs IS 'Every run of a drill on this database, with its report.';
COMMENT ON COLUMN drills.runs.verdict IS 'passed, failed, inconclusive or aborted; null while it runs, or when the runner died.';
COMMENT ON COLUMN drills.runs.failure IS 'Why there is no report.';
