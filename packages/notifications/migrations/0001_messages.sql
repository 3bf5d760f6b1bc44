CREATE TABLE notifications.messages (
  id           uuid PRIMARY KEY,
  intent       text NOT NULL,
  booking_id   uuid NOT NULL,
  user_id      uuid NOT NULL,
  template     text NOT NULL,
  subject      text NOT NULL,
  body         text NOT NULL,
  created_at   timestamptz NOT NULL,
  delivered_at timestamptz
);
COMMENT ON TABLE notifications.messages IS 'What customers were told, word for word: the delivery log, and what a customer reads in the product.';
COMMENT ON COLUMN notifications.messages.id IS 'Sortable by time, so it is the cursor of lists.';
COMMENT ON COLUMN notifications.messages.intent IS 'Execution name and step: why the message exists. Repeating the step is the same intent and no second message.';
COMMENT ON COLUMN notifications.messages.booking_id IS 'What it is about; belongs to another context, so no foreign key.';
COMMENT ON COLUMN notifications.messages.user_id IS 'Who is told; belongs to another context, which alone knows the address.';
COMMENT ON COLUMN notifications.messages.template IS 'Name of the template, to find messages of a kind.';
COMMENT ON COLUMN notifications.messages.subject IS 'One line.';
COMMENT ON COLUMN notifications.messages.body IS 'Plain text as it was sent: a later change of the template does not change what was said.';
COMMENT ON COLUMN notifications.messages.created_at IS 'When the message became durable.';
COMMENT ON COLUMN notifications.messages.delivered_at IS 'When a channel outside the product took it over; null while none has.';
COMMENT ON CONSTRAINT messages_pkey ON notifications.messages IS 'Marks one message as delivered; lists the newest of all.';

CREATE UNIQUE INDEX messages_intent ON notifications.messages (intent);
COMMENT ON INDEX notifications.messages_intent IS 'One message for each intent; takes the place of an inbox row.';

CREATE INDEX messages_booking ON notifications.messages (booking_id);
COMMENT ON INDEX notifications.messages_booking IS 'The story of one booking, for its page and for the audit. Bookings arrive in order, so it grows at its end.';

CREATE INDEX messages_user ON notifications.messages (user_id, id DESC);
COMMENT ON INDEX notifications.messages_user IS 'A customer''s messages, newest first, page by page.';
