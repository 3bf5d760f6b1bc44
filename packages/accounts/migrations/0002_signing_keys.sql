CREATE TABLE accounts.signing_keys (
  kid        text PRIMARY KEY,
  pkcs8      bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz
);
COMMENT ON TABLE accounts.signing_keys IS 'Ed25519 keys of access tokens, shared by all processes, so that a token of one is accepted by every other.';
COMMENT ON COLUMN accounts.signing_keys.kid IS 'RFC 7638 thumbprint of the public key; stands in the header of each token.';
COMMENT ON COLUMN accounts.signing_keys.pkcs8 IS 'The private key with its public half. Never leaves the process that reads it.';
COMMENT ON COLUMN accounts.signing_keys.created_at IS 'When the key began to sign.';
COMMENT ON COLUMN accounts.signing_keys.retired_at IS 'When it stopped signing; it verifies until its last token has expired.';
CREATE UNIQUE INDEX signing_keys_active ON accounts.signing_keys ((true)) WHERE retired_at IS NULL;
COMMENT ON INDEX accounts.signing_keys_active IS 'One key signs at any time, whatever processes do at once.';
