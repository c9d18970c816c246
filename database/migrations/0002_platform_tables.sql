-- Who may act -------------------------------------------------------------------------------------------------------

CREATE TABLE platform.session_keys (
  key_id     text PRIMARY KEY,
  secret     bytea NOT NULL CHECK (octet_length(secret) >= 32),
  added_at   timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);
COMMENT ON TABLE platform.session_keys IS 'Keys with which dispatch signs sessions: the same as in its secret.';

CREATE TABLE platform.revoked_sessions (
  session    text PRIMARY KEY,
  revoked_at timestamptz NOT NULL DEFAULT now(),
  reason     text NOT NULL DEFAULT ''
);
COMMENT ON TABLE platform.revoked_sessions IS 'Sessions that ended before their time: signed out, or ended by an admin.';

CREATE TABLE platform.blocked_agents (
  agent      text PRIMARY KEY,
  blocked_at timestamptz NOT NULL DEFAULT now(),
  blocked_by text NOT NULL DEFAULT '',
  reason     text NOT NULL DEFAULT ''
);
COMMENT ON TABLE platform.blocked_agents IS 'Agents whose every session is refused.';

CREATE TABLE platform.read_seal (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  secret   bytea NOT NULL
);
COMMENT ON TABLE platform.read_seal IS 'Key that seals the identity of a read-only transaction; never leaves the database.';
INSERT INTO platform.read_seal (secret) VALUES (crypto.gen_random_bytes(32));

-- What was done, once ------------------------------------------------------------------------------------------------

-- Not partitioned: a unique key must hold across midnight.
CREATE TABLE platform.keys (
  agent       text NOT NULL,
  key         text NOT NULL,
  fingerprint bytea NOT NULL,
  xid         xid8 NOT NULL UNIQUE,
  at          timestamptz NOT NULL,
  campaign    text NOT NULL,
  roles       text[] NOT NULL,
  action      text NOT NULL,
  interview   uuid,
  correlation text NOT NULL,
  PRIMARY KEY (agent, key)
);
COMMENT ON TABLE platform.keys IS 'Idempotency keys of committed actions; by `xid` also who acts in the running one.';
CREATE INDEX keys_at ON platform.keys USING brin (at);
CREATE INDEX keys_interview ON platform.keys (interview) WHERE interview IS NOT NULL;

CREATE TABLE platform.replies (
  agent text NOT NULL,
  key   text NOT NULL,
  reply text NOT NULL,
  PRIMARY KEY (agent, key),
  FOREIGN KEY (agent, key) REFERENCES platform.keys ON DELETE CASCADE
);
COMMENT ON TABLE platform.replies IS 'What a key was answered, byte for byte; erased with the contact and with the key.';

-- No personal data in here: it is kept for years.
CREATE TABLE platform.journal (
  at          timestamptz NOT NULL,
  xid         xid8 NOT NULL,
  agent       text NOT NULL,
  session     text NOT NULL,
  campaign    text NOT NULL,
  release     text NOT NULL,
  node        text,
  action      text NOT NULL,
  interview   uuid,
  correlation text NOT NULL,
  key         text,
  statements  text[] NOT NULL,
  row_counts  jsonb,
  outcome     text NOT NULL CHECK (outcome IN ('done', 'failed')),
  code        text,
  statement   text,
  sqlstate    text,
  ended_at    timestamptz,
  PRIMARY KEY (at, xid)
) PARTITION BY RANGE (at);
COMMENT ON TABLE platform.journal IS 'One row an action: who, when, where in which script, what came of it. Append-only.';
CREATE INDEX journal_correlation ON platform.journal (correlation);
CREATE INDEX journal_interview ON platform.journal (interview) WHERE interview IS NOT NULL;
CREATE TABLE platform.journal_other PARTITION OF platform.journal DEFAULT;

CREATE FUNCTION platform.ensure_partitions(days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  day date;
  name text;
  made integer := 0;
BEGIN
  FOR day IN SELECT generate_series(current_date - 1, current_date + days, interval '1 day')::date LOOP
    name := 'journal_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('platform.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE platform.%I (LIKE platform.journal INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    -- Rows of a day that had no partition yet lie in the default one, and would forbid attaching.
    EXECUTE format('WITH moved AS (DELETE FROM platform.journal_other WHERE at >= $1 AND at < $2 RETURNING *) '
                   'INSERT INTO platform.%I SELECT * FROM moved', name) USING day::timestamptz, (day + 1)::timestamptz;
    EXECUTE format('ALTER TABLE platform.journal ATTACH PARTITION platform.%I FOR VALUES FROM (%L) TO (%L)',
                   name, day::timestamptz, (day + 1)::timestamptz);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
COMMENT ON FUNCTION platform.ensure_partitions IS 'Makes the journal''s partitions from yesterday to `days` ahead.';

CREATE FUNCTION platform.forget_old_keys() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  -- A key is refused after 7 days, and one minted by a clock a day ahead is taken: 8 days, and an hour to spare.
  WITH gone AS (DELETE FROM platform.keys WHERE at < now() - interval '8 days 1 hour' RETURNING 1)
  SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.forget_old_keys IS 'Removes keys, with their replies, that are too old to be accepted again.';
