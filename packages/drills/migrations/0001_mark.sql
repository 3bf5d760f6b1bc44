CREATE TABLE drills.mark (
  only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  marked_at timestamptz NOT NULL DEFAULT now(),
  marked_by text NOT NULL
);
COMMENT ON TABLE drills.mark IS 'A row here is the permission to make this database''s product fail on purpose. Without it no drill begins and no process obeys one.';
COMMENT ON COLUMN drills.mark.marked_by IS 'Who gave the permission, as the operating system or the program knows them.';
