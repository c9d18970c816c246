-- Every action begins with the session as it was when it signed in. A pooler may not have seen what an earlier client set in
-- it: it reads the texts of statements, and a setting can be changed by a text that does not look like it. `RESET ALL` takes a
-- microsecond where nothing was set. It takes the function's own search path back, too, to that of the login: every name
-- here has its schema, or is PostgreSQL's own, which come first.

CREATE OR REPLACE FUNCTION platform.begin_action(
  claims text, key_id text, mac bytea, key text, fingerprint bytea, campaign text, release text, node text,
  action text, interview uuid, correlation text, statements text[]
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, campaign);
  minted timestamptz := platform.minted_at(key);
BEGIN
  RESET ALL;
  IF minted IS NULL OR minted < now() - interval '7 days' OR minted > now() + interval '1 day' THEN
    RAISE EXCEPTION 'the key is too old, from the future, or no key' USING ERRCODE = 'WH004';
  END IF;
  -- Waits for whoever is running the same key: it commits (and this is a repetition), or it fails (and this is the first).
  -- A second action in one transaction would break the uniqueness of `xid`.
  WITH taken AS (
    INSERT INTO platform.keys (agent, key, fingerprint, xid, at, campaign, others, roles, action, interview,
                               correlation)
    VALUES (who ->> 'agent', key, fingerprint, pg_current_xact_id(), transaction_timestamp(), campaign,
            platform.others_in(who, campaign), platform.roles_in(who), action, interview, correlation)
    ON CONFLICT ON CONSTRAINT keys_pkey DO NOTHING
    RETURNING keys.agent, keys.xid, keys.at
  )
  INSERT INTO platform.journal (at, xid, agent, session, campaign, release, node, action, interview, correlation, key,
                                statements, outcome)
  SELECT t.at, t.xid, t.agent, who ->> 'session', campaign, release, node, action, interview, correlation, key,
         coalesce(statements, '{}'), 'done'
    FROM taken t;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the key is known' USING ERRCODE = 'WH001';
  END IF;
  RETURN transaction_timestamp();
END
$$;

CREATE OR REPLACE FUNCTION platform.begin_read(
  claims text, key_id text, mac bytea, campaign text, interview uuid DEFAULT NULL
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, campaign);
  body text;
BEGIN
  RESET ALL;
  IF current_setting('transaction_read_only') <> 'on' THEN
    RAISE EXCEPTION 'begin_read needs a read-only transaction' USING ERRCODE = 'WH005';
  END IF;
  body := jsonb_build_object('agent', who -> 'agent', 'campaign', campaign, 'roles', who -> 'roles',
                             'interview', interview, 'campaigns', who -> 'campaigns')::text;
  PERFORM set_config('waihu.reader', platform.read_seal_of(body) || body, true);
  RETURN transaction_timestamp();
END
$$;
