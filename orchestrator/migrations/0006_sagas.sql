CREATE TABLE orchestrator.sagas (
  id          text COLLATE "C" PRIMARY KEY,
  saga        text NOT NULL,
  name        text NOT NULL,
  engine_id   text,
  status      text NOT NULL CHECK (status IN ('STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
  states      text NOT NULL DEFAULT '',
  entered_at  timestamptz,
  booking_id  text,
  showtime_id text,
  payment_id  text,
  input       text NOT NULL DEFAULT 'null',
  output      text,
  error       text,
  cause       text,
  started_at  timestamptz NOT NULL,
  stopped_at  timestamptz,
  seen_at     timestamptz,
  settled     boolean NOT NULL DEFAULT false,
  begun_again int NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
COMMENT ON TABLE orchestrator.sagas IS 'What is known of executions that another engine runs: from our own starts, from the requests that workers are given, and from looking. The engine is right; this answers lists and searches, and says whether a name was started before.';
COMMENT ON COLUMN orchestrator.sagas.id IS 'Saga and name.';
COMMENT ON COLUMN orchestrator.sagas.engine_id IS 'What the engine calls it: the ARN on AWS. Null until the engine told.';
COMMENT ON COLUMN orchestrator.sagas.status IS 'As the engine has it; STARTING while a start was asked for and not answered.';
COMMENT ON COLUMN orchestrator.sagas.entered_at IS 'When it entered its state, by the engine''s clock: older news than this is no news.';
COMMENT ON COLUMN orchestrator.sagas.input IS 'What it began with; the JSON null until that is known.';
COMMENT ON COLUMN orchestrator.sagas.seen_at IS 'When the engine last told of it, by our clock.';
COMMENT ON COLUMN orchestrator.sagas.settled IS 'It has ended, and all there is to know of its end is here.';
COMMENT ON COLUMN orchestrator.sagas.begun_again IS 'How often the engine had lost it and it was started anew with the same input.';
CREATE INDEX sagas_unsettled ON orchestrator.sagas (seen_at NULLS FIRST) WHERE NOT settled;
COMMENT ON INDEX orchestrator.sagas_unsettled IS 'Those that have to be looked at, the longest unseen first; read as a whole, and short.';
CREATE INDEX sagas_started ON orchestrator.sagas (started_at, id);
COMMENT ON INDEX orchestrator.sagas_started IS 'The operators'' list, newest first, page by page.';
CREATE INDEX sagas_booking ON orchestrator.sagas (booking_id);
CREATE INDEX sagas_showtime ON orchestrator.sagas (showtime_id);
CREATE INDEX sagas_payment ON orchestrator.sagas (payment_id);
COMMENT ON INDEX orchestrator.sagas_booking IS 'The questions of support: what happened to this booking?';
COMMENT ON INDEX orchestrator.sagas_showtime IS 'To whom does a showtime matter?';
COMMENT ON INDEX orchestrator.sagas_payment IS 'Which saga took or gave back this payment?';

CREATE TABLE orchestrator.sagas_look (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  next_at   timestamptz NOT NULL,
  looked_at timestamptz NOT NULL
);
COMMENT ON TABLE orchestrator.sagas_look IS 'Whose turn it is to look at the engine: all processes together look as often as one alone.';
COMMENT ON COLUMN orchestrator.sagas_look.looked_at IS 'Whatever happened before this moment has been seen in the engine''s lists.';
INSERT INTO orchestrator.sagas_look VALUES (true, 'epoch', 'epoch');
