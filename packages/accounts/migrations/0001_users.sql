CREATE TABLE accounts.users (
  id            uuid PRIMARY KEY,
  mail          text NOT NULL CONSTRAINT users_mail_is_lower_case CHECK (mail !~ '[A-Z]'),
  name          text NOT NULL,
  password_hash text NOT NULL,
  role          text NOT NULL CHECK (role IN ('customer', 'viewer', 'operator', 'refund_approver', 'admin')),
  created_at    timestamptz NOT NULL,
  CONSTRAINT users_mail_taken UNIQUE (mail)
);
COMMENT ON TABLE accounts.users IS 'Everybody who can sign in. The only place where mail addresses and names are kept.';
COMMENT ON COLUMN accounts.users.id IS 'What every other context knows of a person.';
COMMENT ON COLUMN accounts.users.mail IS 'In lower case, so that one mailbox is one account however it is typed.';
COMMENT ON COLUMN accounts.users.name IS 'How the person wants to be addressed.';
COMMENT ON COLUMN accounts.users.password_hash IS 'Argon2id in PHC format: the parameters travel with the hash.';
COMMENT ON COLUMN accounts.users.role IS 'What the person may do; carried as a claim in access tokens.';
COMMENT ON COLUMN accounts.users.created_at IS 'When the account was made.';
COMMENT ON INDEX accounts.users_mail_taken IS 'Signing in looks people up by mail; a second account for it is refused here.';
