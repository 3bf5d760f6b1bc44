CREATE TABLE accounts.refresh_families (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
COMMENT ON TABLE accounts.refresh_families IS 'One sign-in on one device: the refresh tokens that follow from it live and die together.';
COMMENT ON COLUMN accounts.refresh_families.user_id IS 'Who signed in.';
COMMENT ON COLUMN accounts.refresh_families.created_at IS 'When the person signed in with the password.';
COMMENT ON COLUMN accounts.refresh_families.expires_at IS 'End of the newest token''s life; afterwards the family is pruned with its tokens.';
COMMENT ON COLUMN accounts.refresh_families.revoked_at IS 'Signed out, or a token was used again after its rotation: none of the family is accepted any more.';

CREATE TABLE accounts.refresh_tokens (
  hash       bytea PRIMARY KEY,
  family_id  uuid NOT NULL REFERENCES accounts.refresh_families (id) ON DELETE CASCADE,
  issued_at  timestamptz NOT NULL,
  rotated_at timestamptz,
  rotations  smallint NOT NULL DEFAULT 0
);
COMMENT ON TABLE accounts.refresh_tokens IS 'Refresh tokens as their hashes: whoever reads this table can use none of them.';
COMMENT ON COLUMN accounts.refresh_tokens.hash IS 'SHA-256 of the token, which is 256 random bits and so needs no salt.';
COMMENT ON COLUMN accounts.refresh_tokens.family_id IS 'The sign-in it goes back to.';
COMMENT ON COLUMN accounts.refresh_tokens.issued_at IS 'Begin of its life.';
COMMENT ON COLUMN accounts.refresh_tokens.rotated_at IS 'When it was first exchanged for its successor.';
COMMENT ON COLUMN accounts.refresh_tokens.rotations IS 'How often it was exchanged: a second time is allowed only for a lost answer.';
CREATE INDEX refresh_tokens_family_id ON accounts.refresh_tokens (family_id);
COMMENT ON INDEX accounts.refresh_tokens_family_id IS 'Pruning a family deletes its tokens through the foreign key.';
