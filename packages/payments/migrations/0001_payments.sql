CREATE TABLE payments.payments (
  id          uuid PRIMARY KEY,
  booking_id  uuid NOT NULL UNIQUE,
  reference   text NOT NULL UNIQUE,
  amount      bigint NOT NULL CHECK (amount > 0),
  currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  method      text NOT NULL,
  status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'unknown', 'authorised', 'captured', 'declined', 'void')),
  provider_id text,
  code        text,
  opened_at   timestamptz NOT NULL,
  settled_at  timestamptz,
  traceparent text,
  told        text CHECK (told IN ('authorised', 'captured', 'declined', 'void')),
  CONSTRAINT payments_captured_has_provider_id CHECK (status NOT IN ('authorised', 'captured') OR provider_id IS NOT NULL),
  CONSTRAINT payments_declined_has_code CHECK (status <> 'declined' OR code IS NOT NULL),
  CONSTRAINT payments_settled_has_time CHECK ((status IN ('open', 'unknown')) = (settled_at IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE payments.payments IS 'One row for each booking that was asked to pay. Written before the provider is asked, so that a charge nobody remembers cannot exist. Pages keep room for the one update that settles a row in place.';
COMMENT ON COLUMN payments.payments.id IS 'What people and the API name a payment by.';
COMMENT ON COLUMN payments.payments.booking_id IS 'The booking in its own context: no foreign key crosses a schema.';
COMMENT ON COLUMN payments.payments.reference IS 'Execution name and "/charge-payment": the key under which the provider knows the charge, the same for every retry and redrive.';
COMMENT ON COLUMN payments.payments.amount IS 'Minor units of the currency. Never changes: refunds are rows of their own.';
COMMENT ON COLUMN payments.payments.currency IS 'ISO 4217.';
COMMENT ON COLUMN payments.payments.method IS 'The provider''s token for the means of payment; never card data.';
COMMENT ON COLUMN payments.payments.status IS 'open: asked, or about to be. unknown: asked without an answer, to be looked up. authorised: the provider keeps the money ready and has not taken it. captured, declined: what the provider said. void: closed at the provider before anything was charged.';
COMMENT ON COLUMN payments.payments.provider_id IS 'The provider''s own name for the charge, once authorised or captured.';
COMMENT ON COLUMN payments.payments.code IS 'The provider''s reason, once declined.';
COMMENT ON COLUMN payments.payments.opened_at IS 'When the payment was first asked for.';
COMMENT ON COLUMN payments.payments.settled_at IS 'When its outcome became known to us.';
COMMENT ON COLUMN payments.payments.traceparent IS 'The trace of the request that began the booking: what is heard of the payment later belongs to it.';
COMMENT ON COLUMN payments.payments.told IS 'The outcome that the saga was told first. It goes by that: money that turns up after it was told of a refusal goes back.';
COMMENT ON INDEX payments.payments_pkey IS 'Reads by id; refunds refer to it.';
COMMENT ON INDEX payments.payments_booking_id_key IS 'One payment a booking, and how recognition and the API find it.';
COMMENT ON INDEX payments.payments_reference_key IS 'One payment an execution, however often the step is delivered, and how settling finds it.';

-- An outcome is overruled only by a higher one, so that news in any order ends in the same state.
CREATE FUNCTION payments.standing(status text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE status WHEN 'open' THEN 0 WHEN 'unknown' THEN 1 WHEN 'authorised' THEN 2 WHEN 'void' THEN 3 WHEN 'declined' THEN 4 WHEN 'captured' THEN 5 END
$$;
COMMENT ON FUNCTION payments.standing IS 'Which of two outcomes counts. Whatever we believed, when the provider has the customer''s money, the books must say so.';
