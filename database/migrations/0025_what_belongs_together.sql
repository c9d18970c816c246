-- Ids are no secrets: who worked on a campaign once knows some of it, and policies that asked for the writer's campaign alone
-- let rows be written that name another campaign's. What a row names must belong together, and to who writes it. What is
-- told across campaigns is told of those that the session names, no others.

-- The session's campaigns ------------------------------------------------------------------------------------------------

ALTER TABLE platform.keys ADD others text[];
COMMENT ON COLUMN platform.keys.others IS 'The session''s campaigns besides the one that it acts in; NULL: none.';

CREATE FUNCTION platform.others_in(claims jsonb, but text) RETURNS text[]
LANGUAGE sql IMMUTABLE RETURN CASE WHEN jsonb_array_length(claims -> 'campaigns') > 1
    THEN ARRAY(SELECT c.name FROM jsonb_array_elements_text(claims -> 'campaigns') c(name) WHERE c.name <> but) END;

CREATE OR REPLACE FUNCTION platform.begin_action(
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
  IF current_setting('transaction_read_only') <> 'on' THEN
    RAISE EXCEPTION 'begin_read needs a read-only transaction' USING ERRCODE = 'WH005';
  END IF;
  body := jsonb_build_object('agent', who -> 'agent', 'campaign', campaign, 'roles', who -> 'roles',
                             'interview', interview, 'campaigns', who -> 'campaigns')::text;
  PERFORM set_config('waihu.reader', platform.read_seal_of(body) || body, true);
  RETURN transaction_timestamp();
END
$$;

CREATE FUNCTION platform.current_campaigns() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  sealed text;
BEGIN
  IF current_setting('transaction_read_only') = 'off' THEN
    RETURN (SELECT array_prepend(k.campaign, k.others) FROM platform.keys k WHERE k.xid = pg_current_xact_id_if_assigned());
  END IF;
  sealed := current_setting('waihu.reader', true);
  IF sealed <> '' AND platform.read_seal_of(substr(sealed, 65)) = left(sealed, 64) THEN
    RETURN ARRAY(SELECT jsonb_array_elements_text(CAST(substr(sealed, 65) AS jsonb) -> 'campaigns'));
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION platform.current_campaigns IS 'All campaigns of the session that acts in this transaction; NULL outside an action.';
REVOKE ALL ON FUNCTION platform.current_campaigns, platform.others_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.current_campaigns TO waihu_scripts;

-- What is told across campaigns ------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION quality.next_interview(about text) RETURNS TABLE (
  id uuid, campaign text, agent text, started_at timestamptz, minutes integer, outcome text, answered bigint, changed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.id, i.campaign, i.agent, i.started_at, CAST(ceil(extract(epoch FROM i.ended_at - i.started_at) / 60) AS integer),
         coalesce(i.outcome, ''),
         (SELECT count(*) FROM outbound.answers a WHERE a.interview_id = i.id AND a.on_path),
         (SELECT count(*) FROM outbound.answer_history h WHERE h.interview_id = i.id AND h.old_value IS NOT NULL)
    FROM outbound.interviews i
   WHERE platform.supervises() AND i.campaign = about AND about = ANY (platform.current_campaigns())
     AND i.ended_at > now() - interval '7 days'
     AND i.outcome IN ('1.1', '1.2') AND i.agent <> platform.current_agent()
     AND NOT EXISTS (SELECT FROM quality.scores s WHERE s.interview_id = i.id)
   -- Whoever was listened to least, and of theirs any.
   ORDER BY (SELECT count(*) FROM quality.scores s WHERE s.agent = i.agent AND s.scored_at > now() - interval '7 days'), random()
   LIMIT 1
$$;

CREATE FUNCTION quality.may_score(interview uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN EXISTS (SELECT FROM outbound.interviews i
                  WHERE i.id = may_score.interview AND i.campaign = ANY (platform.current_campaigns()));
END
$$;
COMMENT ON FUNCTION quality.may_score IS 'Is the interview of a campaign that the session names?';
REVOKE ALL ON FUNCTION quality.may_score FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quality.may_score TO waihu_scripts;
ALTER POLICY adding ON quality.scores
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises())
              AND scorer = (SELECT (platform.current_claim()).agent) AND quality.may_score(interview_id));

-- The agent's figures are of every campaign; the name of somebody to call is of those that the session names.
CREATE OR REPLACE FUNCTION desk.my_day(
  OUT attempts bigint, OUT interviews bigint, OUT refusals bigint,
  OUT ready_seconds bigint, OUT talk_seconds bigint, OUT wrap_seconds bigint, OUT break_seconds bigint,
  OUT training_seconds bigint, OUT state text, OUT state_seconds bigint,
  OUT appointment_at timestamptz, OUT appointment_name text, OUT appointment_timezone text, OUT appointment_campaign text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  me text := (platform.current_claim()).agent;
  zone text := (SELECT r.timezone FROM desk.rules r WHERE r.campaign = '');
  allowed text[] := platform.current_campaigns();
  midnight timestamptz := date_trunc('day', now() AT TIME ZONE zone) AT TIME ZONE zone;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE o.category = 'interview'), count(*) FILTER (WHERE o.category = 'refusal')
    INTO attempts, interviews, refusals
    FROM outbound.attempts a LEFT JOIN outbound.outcomes o ON o.code = a.outcome
   WHERE a.agent = me AND a.started_at >= midnight;
  SELECT coalesce(sum(t.seconds) FILTER (WHERE t.kind = 'ready'), 0),
         coalesce(sum(t.seconds) FILTER (WHERE t.kind = 'talking'), 0),
         coalesce(sum(t.seconds) FILTER (WHERE t.kind = 'wrap_up'), 0),
         coalesce(sum(t.seconds) FILTER (WHERE t.kind = 'break'), 0),
         coalesce(sum(t.seconds) FILTER (WHERE t.kind = 'training'), 0)
    INTO ready_seconds, talk_seconds, wrap_seconds, break_seconds, training_seconds
    FROM (SELECT s.kind, extract(epoch FROM coalesce(a.until, now()) - greatest(a.since, midnight)) AS seconds
            FROM desk.agent_states a JOIN desk.states s ON s.code = a.state
           WHERE a.agent = me AND a.since >= midnight - interval '1 day' AND coalesce(a.until, now()) > midnight) t;
  SELECT a.state, extract(epoch FROM now() - a.since) INTO state, state_seconds
    FROM desk.agent_states a WHERE a.agent = me AND a.until IS NULL;
  SELECT f.at, k.name, k.timezone, f.campaign
    INTO appointment_at, appointment_name, appointment_timezone, appointment_campaign
    FROM outbound.appointments f
    JOIN outbound.cases c ON c.id = f.case_id
    JOIN outbound.contacts k ON k.id = c.contact_id
   WHERE f.agent = me AND f.campaign = ANY (allowed) AND f.state = 'open' AND f.at > now() - interval '10 minutes'
     AND c.state <> 'closed'
   ORDER BY f.at LIMIT 1;
END
$$;

-- What a row names -------------------------------------------------------------------------------------------------------
-- The sub-selects see what row-level security shows the writer: own interviews (of all agents where one supervises) of the
-- campaign.

-- An attempt is often written in one statement with its interview, which a policy would not see yet: so by a trigger, after
-- the statement. What the owner's functions and the administrator write is right by itself.
CREATE FUNCTION outbound.keep_together() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM outbound.interviews i
                  WHERE i.id = NEW.interview_id AND i.case_id = NEW.case_id AND i.campaign = NEW.campaign) THEN
    RAISE EXCEPTION 'the interview is not of this case' USING ERRCODE = '42501', CONSTRAINT = 'attempts_interview_id_fkey';
  ELSIF NEW.phone_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM outbound.cases c JOIN outbound.phones p ON p.contact_id = c.contact_id
                         WHERE c.id = NEW.case_id AND p.id = NEW.phone_id) THEN
    RAISE EXCEPTION 'the number is not one of the contact''s' USING ERRCODE = '42501', CONSTRAINT = 'attempts_phone_id_fkey';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_together AFTER INSERT OR UPDATE OF phone_id ON outbound.attempts
  FOR EACH ROW WHEN (current_user NOT IN ('waihu_owner', 'waihu_admin')) EXECUTE FUNCTION outbound.keep_together();

ALTER POLICY adding ON outbound.appointments
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.cases c WHERE c.id = appointments.case_id)
              AND (interview_id IS NULL
                   OR EXISTS (SELECT FROM outbound.interviews i
                               WHERE i.id = appointments.interview_id AND i.case_id = appointments.case_id)));

ALTER POLICY adding ON desk.parked_interviews
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.interviews i
                           WHERE i.id = parked_interviews.interview AND i.case_id = parked_interviews.case_id));
ALTER POLICY changing ON desk.parked_interviews
  WITH CHECK (agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.interviews i
                           WHERE i.id = parked_interviews.interview AND i.case_id = parked_interviews.case_id));
CREATE OR REPLACE FUNCTION desk.resume_interview(parked uuid)
RETURNS TABLE (interview uuid, release text, state text, place text, epoch bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  held record;
BEGIN
  SELECT p.*, c.epoch AS case_epoch, c.holder, c.lease_until, i.ended_at INTO held
    FROM desk.parked_interviews p
    JOIN outbound.cases c ON c.id = p.case_id AND c.campaign = p.campaign
    JOIN outbound.interviews i ON i.id = p.interview AND i.case_id = p.case_id
   WHERE p.interview = resume_interview.parked AND p.campaign = who.campaign
     AND (p.agent = who.agent OR coalesce((
           SELECT now() >= p.parked_at + make_interval(mins => r.others_after_minutes)
             FROM desk.rules r WHERE r.campaign IN ('', p.campaign) ORDER BY r.campaign DESC LIMIT 1), false))
     FOR UPDATE OF p, c;
  IF NOT FOUND OR held.ended_at IS NOT NULL OR held.case_epoch <> held.epoch
     OR held.holder <> who.agent AND held.lease_until > now() THEN
    RETURN;  -- gone on with elsewhere, called anew, ended, or not this agent's to take
  END IF;
  UPDATE outbound.cases c
     SET state = 'held', holder = who.agent, epoch = c.epoch + 1, lease_until = now() + interval '60 seconds',
         last_attempt_at = now()
   WHERE c.id = held.case_id;
  UPDATE outbound.interviews i SET epoch = held.case_epoch + 1, agent = who.agent WHERE i.id = held.interview;
  UPDATE outbound.attempts a SET agent = who.agent, outcome = NULL, ended_at = NULL WHERE a.interview_id = held.interview;
  UPDATE outbound.answers a SET agent = who.agent WHERE a.interview_id = held.interview AND a.agent <> who.agent;
  UPDATE desk.parked_interviews p
     SET epoch = held.case_epoch + 1, resumed_by = who.agent, resumed_at = now() WHERE p.interview = held.interview;
  RETURN QUERY SELECT held.interview, held.release, held.state, held.place, held.case_epoch + 1;
END
$$;

ALTER POLICY adding ON supervision.codings
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises())
              AND coder = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM outbound.answers a
                           WHERE a.interview_id = codings.interview_id AND a.field = codings.field AND a.round = codings.round));
