-- One action, exactly once: its key, its journal row, its reply.

CREATE FUNCTION platform.minted_at(key text) RETURNS timestamptz
LANGUAGE sql STABLE RETURN CASE WHEN key ~ '^[0-9a-f]{8}-[0-9a-f]{32}$'
    THEN to_timestamp(('x' || lpad(left(key, 8), 16, '0'))::bit(64)::bigint) END;
COMMENT ON FUNCTION platform.minted_at IS 'When a key was minted; NULL if it is no key.';

CREATE FUNCTION platform.begin_action(
  claims text, key_id text, mac bytea, key text, fingerprint bytea, campaign text, release text, node text,
  action text, interview uuid, correlation text, statements text[]
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, campaign);
  minted timestamptz := platform.minted_at(key);
BEGIN
  IF minted IS NULL OR minted < now() - interval '7 days' OR minted > now() + interval '1 day' THEN
    RAISE EXCEPTION 'the key is too old, from the future, or no key' USING ERRCODE = 'WH004';
  END IF;
  -- Waits for whoever is running the same key: it commits (and this is a repetition), or it fails (and this is the first).
  -- A second action in one transaction would break the uniqueness of `xid`.
  WITH taken AS (
    INSERT INTO platform.keys (agent, key, fingerprint, xid, at, campaign, roles, action, interview, correlation)
    VALUES (who ->> 'agent', key, fingerprint, pg_current_xact_id(), transaction_timestamp(), campaign,
            platform.roles_in(who), action, interview, correlation)
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
COMMENT ON FUNCTION platform.begin_action IS
  'Begins an action; first statement of its transaction. WH001 known key, WH002 bad claims, WH003 revoked, WH004 key too '
  'old, 23505 a second action in one transaction. The journal row says `done`: it is gone if the transaction is.';

CREATE FUNCTION platform.store_reply(reply text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO platform.replies (agent, key, reply)
  SELECT k.agent, k.key, store_reply.reply FROM platform.keys k WHERE k.xid = pg_current_xact_id_if_assigned();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no action is running' USING ERRCODE = 'WH005';
  END IF;
END
$$;
COMMENT ON FUNCTION platform.store_reply IS 'Keeps the running action''s reply with its key. WH005: no action, 23505: twice.';

CREATE FUNCTION platform.end_action(outcome text, row_counts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  ended bigint;
BEGIN
  -- EXECUTE plans with the values at hand and so opens one partition; a kept plan would lock them all.
  EXECUTE 'UPDATE platform.journal SET outcome = $1, row_counts = $2, ended_at = clock_timestamp()'
          ' WHERE at = $3 AND xid = $4 AND ended_at IS NULL'
    USING outcome, row_counts, transaction_timestamp(), pg_current_xact_id_if_assigned();
  GET DIAGNOSTICS ended = ROW_COUNT;
  IF ended <> 1 THEN
    RAISE EXCEPTION 'no action is running, or it was ended before' USING ERRCODE = 'WH005';
  END IF;
END
$$;
COMMENT ON FUNCTION platform.end_action IS
  'Completes the running action''s journal row with row counts and the time. WH005: no action, or already ended.';

CREATE FUNCTION platform.stored_reply(
  claims text, key_id text, mac bytea, key text, fingerprint bytea,
  OUT known boolean, OUT same boolean, OUT reply text, OUT correlation text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, NULL);
BEGIN
  SELECT true, k.fingerprint = stored_reply.fingerprint, r.reply, k.correlation INTO known, same, reply, correlation
    FROM platform.keys k LEFT JOIN platform.replies r ON r.agent = k.agent AND r.key = k.key
   WHERE k.agent = who ->> 'agent' AND k.key = stored_reply.key;
  IF NOT FOUND THEN
    known := false;
    same := false;
  ELSIF NOT same THEN
    reply := NULL;
  END IF;
END
$$;
COMMENT ON FUNCTION platform.stored_reply IS
  'What became of a key of the same agent: known? with the same parameters? its reply (NULL where none was stored).';

CREATE FUNCTION platform.note_failure(
  claims text, key_id text, mac bytea, key text, campaign text, release text, node text, action text, interview uuid,
  correlation text, statements text[], code text, statement text, sqlstate text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, campaign);
BEGIN
  INSERT INTO platform.journal (at, xid, agent, session, campaign, release, node, action, interview, correlation, key,
                                statements, outcome, code, statement, sqlstate, ended_at)
  VALUES (transaction_timestamp(), pg_current_xact_id(), who ->> 'agent', who ->> 'session', campaign, release, node,
          action, interview, correlation, key, coalesce(statements, '{}'), 'failed', code, statement, sqlstate,
          clock_timestamp());
END
$$;
COMMENT ON FUNCTION platform.note_failure IS 'Journals an action that was rolled back; in a transaction of its own.';

CREATE FUNCTION platform.sign_out(claims text, key_id text, mac bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO platform.revoked_sessions (session, reason)
  VALUES (platform.checked_claims(claims, key_id, mac, NULL) ->> 'session', 'signed out')
  ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION platform.sign_out IS 'Ends the session of these claims.';

CREATE FUNCTION platform.put_session_key(key_id text, secret bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO platform.session_keys AS k (key_id, secret) VALUES (put_session_key.key_id, put_session_key.secret)
  ON CONFLICT ON CONSTRAINT session_keys_pkey DO UPDATE SET secret = excluded.secret, retired_at = NULL
$$;
COMMENT ON FUNCTION platform.put_session_key IS 'Adds or replaces a key that signs sessions; it cannot be read back.';

CREATE FUNCTION platform.retire_session_key(key_id text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE platform.session_keys k SET retired_at = retire_session_key.at WHERE k.key_id = retire_session_key.key_id
$$;
COMMENT ON FUNCTION platform.retire_session_key IS 'From `at` on no session signed with the key is believed.';

GRANT EXECUTE ON FUNCTION
  platform.begin_action, platform.begin_read, platform.store_reply, platform.end_action, platform.stored_reply,
  platform.note_failure, platform.sign_out, platform.current_claim, platform.current_agent, platform.current_campaign,
  platform.current_roles, platform.current_interview, platform.supervises
  TO waihu_scripts;

GRANT SELECT ON platform.journal, platform.keys TO waihu_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.revoked_sessions, platform.blocked_agents TO waihu_admin;
GRANT EXECUTE ON FUNCTION
  platform.ensure_partitions, platform.forget_old_keys, platform.put_session_key, platform.retire_session_key
  TO waihu_admin;
