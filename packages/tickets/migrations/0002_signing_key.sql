CREATE TABLE tickets.signing_key (
  the_one    boolean PRIMARY KEY DEFAULT true CHECK (the_one),
  pkcs8      bytea NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE tickets.signing_key IS 'The Ed25519 key that signs ticket codes: one row, made by the first process that needs it and shared by all.';
COMMENT ON COLUMN tickets.signing_key.the_one IS 'Always true, so that a second row is refused.';
COMMENT ON COLUMN tickets.signing_key.pkcs8 IS 'The private key (RFC 5958). Whoever reads it can forge tickets: grant this table to the issuing role only, and encrypt backups.';
COMMENT ON COLUMN tickets.signing_key.created_at IS 'Age of the key.';
COMMENT ON CONSTRAINT signing_key_pkey ON tickets.signing_key IS 'Two keys would make valid tickets look forged at half of the doors.';
