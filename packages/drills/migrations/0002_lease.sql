CREATE TABLE drills.lease (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  drill    uuid NOT NULL,
  seed     bigint NOT NULL,
  orders   jsonb NOT NULL,
  until    timestamptz NOT NULL
);
COMMENT ON TABLE drills.lease IS 'The one drill that is on, and the faults that hold now. Whoever runs it renews the lease every second; processes obey until it ends, by the clock of the database.';
COMMENT ON COLUMN drills.lease.seed IS 'Decides whom a fault hits that hits a share.';
COMMENT ON COLUMN drills.lease.orders IS 'What packages/core/src/faults/order.rs can read.';
