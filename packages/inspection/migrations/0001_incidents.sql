CREATE TABLE inspection.incidents (
  id          uuid PRIMARY KEY,
  class       text NOT NULL CHECK (class ~ '^[a-z_]+$'),
  reference   text NOT NULL,
  step        text,
  says        text NOT NULL,
  evidence    text[] NOT NULL,
  suggestion  text NOT NULL,
  count       bigint NOT NULL,
  since       timestamptz,
  opened_at   timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  owner       text,
  resolved_at timestamptz,
  resolved_by text,
  resolution  text,
  CONSTRAINT incidents_resolved_has_resolution CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
COMMENT ON TABLE inspection.incidents IS 'What is wrong, found by looking: the list that people work off. Incidents about money are kept by the payments, in the transaction that notices them, and are mirrored here.';
COMMENT ON COLUMN inspection.incidents.reference IS 'What it is about: a saga''s name, a step, a queue.';
COMMENT ON COLUMN inspection.incidents.since IS 'When the trouble began, which is before it was found.';
COMMENT ON COLUMN inspection.incidents.seen_at IS 'When it was last seen to be so.';
COMMENT ON COLUMN inspection.incidents.owner IS 'Who looks after it.';
COMMENT ON COLUMN inspection.incidents.resolved_by IS 'Null when it went away by itself.';
CREATE UNIQUE INDEX incidents_open ON inspection.incidents (class, reference) WHERE resolved_at IS NULL;
COMMENT ON INDEX inspection.incidents_open IS 'The same trouble is one incident, whoever notices it and however often. When it comes again after its end, it is another.';
CREATE INDEX incidents_reference ON inspection.incidents (reference);
COMMENT ON INDEX inspection.incidents_reference IS 'What there was about one saga.';

CREATE TABLE inspection.notes (
  incident_id uuid NOT NULL REFERENCES inspection.incidents ON DELETE CASCADE,
  at          timestamptz NOT NULL,
  author      text NOT NULL,
  note        text NOT NULL
);
COMMENT ON TABLE inspection.notes IS 'What people write to one another about an incident: who took it, what they saw, how it ended.';
CREATE INDEX notes_incident ON inspection.notes (incident_id, at);
COMMENT ON INDEX inspection.notes_incident IS 'Read with the incident.';

CREATE TABLE inspection.look (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  next_at timestamptz NOT NULL
);
COMMENT ON TABLE inspection.look IS 'Whose turn it is to look for trouble: all processes together look as often as one alone.';
INSERT INTO inspection.look VALUES (true, 'epoch');
