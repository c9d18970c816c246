-- Who is asking: claims signed by dispatch, believed for one transaction only.

CREATE FUNCTION platform.checked_claims(claims text, key_id text, mac bytea, campaign text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
  genuine boolean;
  body jsonb;
  revoked boolean;
BEGIN
  SELECT crypto.hmac(convert_to(claims, 'UTF8'), k.secret, 'sha256') = mac INTO genuine FROM platform.session_keys k
   WHERE k.key_id = checked_claims.key_id AND (k.retired_at IS NULL OR k.retired_at > now());
  IF genuine IS NOT TRUE THEN
    RAISE EXCEPTION 'the claims are not genuine' USING ERRCODE = 'WH002';
  END IF;
  body := claims;
  IF (body ->> 'expires_at')::bigint <= extract(epoch FROM now()) THEN
    RAISE EXCEPTION 'the session has expired' USING ERRCODE = 'WH002';
  ELSIF campaign IS NOT NULL AND NOT coalesce(body -> 'campaigns' ? campaign, false) THEN
    RAISE EXCEPTION 'the campaign is not one of the session''s' USING ERRCODE = 'WH002';
  END IF;
  SELECT EXISTS (SELECT FROM platform.revoked_sessions r WHERE r.session = body ->> 'session')
         OR EXISTS (SELECT FROM platform.blocked_agents b WHERE b.agent = body ->> 'agent') INTO revoked;
  IF revoked THEN
    RAISE EXCEPTION 'the session was revoked' USING ERRCODE = 'WH003';
  END IF;
  RETURN body;
END
$$;
COMMENT ON FUNCTION platform.checked_claims IS
  'The claims, or WH002 (not genuine, expired, without `campaign` unless that is NULL) or WH003 (revoked, blocked).';

CREATE FUNCTION platform.roles_in(claims jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE RETURN ARRAY(SELECT jsonb_array_elements_text(claims -> 'roles'));

-- A read-only transaction has no row to be known by. Its identity is kept in a setting of the transaction, under a seal
-- that scripts cannot make, and that fits this backend and this transaction only.
CREATE FUNCTION platform.read_seal_of(body text) RETURNS text
LANGUAGE sql STABLE RETURN encode(crypto.hmac(
    convert_to(body || pg_backend_pid()::text || '/' || extract(epoch FROM transaction_timestamp())::text, 'UTF8'),
    (SELECT s.secret FROM platform.read_seal s), 'sha256'), 'hex');

CREATE FUNCTION platform.begin_read(
  claims text, key_id text, mac bytea, campaign text, interview uuid DEFAULT NULL
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who jsonb := platform.checked_claims(claims, key_id, mac, campaign);
  body text;
BEGIN
  IF current_setting('transaction_read_only') <> 'on' THEN
    RAISE EXCEPTION 'begin_read needs a read-only transaction' USING ERRCODE = 'WH005';
  END IF;
  body := jsonb_build_object('agent', who -> 'agent', 'campaign', campaign, 'roles', who -> 'roles',
                             'interview', interview)::text;
  PERFORM set_config('waihu.reader', platform.read_seal_of(body) || body, true);
  RETURN transaction_timestamp();
END
$$;
COMMENT ON FUNCTION platform.begin_read IS
  'Begins a pure read; first statement of a BEGIN READ ONLY transaction. WH002, WH003, WH005 (not read-only).';

CREATE FUNCTION platform.current_claim(OUT agent text, OUT campaign text, OUT roles text[], OUT interview uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  sealed text;
  body jsonb;
BEGIN
  IF current_setting('transaction_read_only') = 'off' THEN
    SELECT k.agent, k.campaign, k.roles, k.interview INTO agent, campaign, roles, interview
      FROM platform.keys k WHERE k.xid = pg_current_xact_id_if_assigned();
    RETURN;
  END IF;
  sealed := current_setting('waihu.reader', true);
  IF sealed <> '' AND platform.read_seal_of(substr(sealed, 65)) = left(sealed, 64) THEN
    body := substr(sealed, 65);
    agent := body ->> 'agent';
    campaign := body ->> 'campaign';
    roles := platform.roles_in(body);
    interview := (body ->> 'interview')::uuid;
  END IF;
END
$$;
-- (No sequential scans: a plan that was kept from when a table was small would read all of it later.)
COMMENT ON FUNCTION platform.current_claim IS 'Who acts in this transaction; all NULL outside an action.';

CREATE FUNCTION platform.current_agent() RETURNS text
LANGUAGE sql STABLE RETURN (platform.current_claim()).agent;
CREATE FUNCTION platform.current_campaign() RETURNS text
LANGUAGE sql STABLE RETURN (platform.current_claim()).campaign;
CREATE FUNCTION platform.current_roles() RETURNS text[]
LANGUAGE sql STABLE RETURN (platform.current_claim()).roles;
CREATE FUNCTION platform.current_interview() RETURNS uuid
LANGUAGE sql STABLE RETURN (platform.current_claim()).interview;
CREATE FUNCTION platform.supervises() RETURNS boolean
LANGUAGE sql STABLE RETURN coalesce((platform.current_claim()).roles && ARRAY['supervisor', 'admin'], false);
COMMENT ON FUNCTION platform.supervises IS 'Does whoever acts see the work of every agent of the campaign?';
