-- What agents do most often, as functions. A statement that is sent anew is read, rewritten for row-level security and
-- planned anew each time, since nothing stays prepared behind a pooler: for the larger ones that took longer than running
-- them. What a function holds is planned once in a session. Row-level security does not look inside these, so that each
-- asks by itself who acts, and touches that agent's rows in that campaign only; what the tables keep by their own
-- triggers (`guard_case` above all) they keep here, too. Plans are made without values and without sequential or bitmap
-- scans: kept from when tables were small, they must still be right when they are large.

CREATE FUNCTION outbound.take_case(whose text, of_interview uuid, of_release text, in_language text)
RETURNS TABLE (
  id uuid, epoch bigint, lease_until timestamptz, attempt integer, name text, language text, timezone text,
  attributes jsonb, subject text, subject_at timestamptz, number_cipher bytea
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  moment timestamptz := platform.now();
  rule outbound.calling := outbound.calling_of(whose);
  full_now integer[];
  speaks text[];
  can text[];
  due record;
  held record;
BEGIN
  IF who.campaign IS DISTINCT FROM whose THEN
    RETURN;
  END IF;
  full_now := outbound.full_cells(whose, true);
  SELECT a.languages, a.skills INTO speaks, can FROM outbound.agents a WHERE a.id = who.agent;
  speaks := coalesce(speaks, '{}');
  can := coalesce(can, '{}');

  WITH zones AS MATERIALIZED (
    SELECT z.timezone, outbound.part_at(whose, z.timezone, moment) AS part
      FROM (SELECT DISTINCT l.timezone FROM outbound.lanes l WHERE l.campaign = whose) z
  ), draws AS MATERIALIZED (
    SELECT w.weight, -ln(1 - random()) / w.weight AS draw
      FROM (SELECT DISTINCT l.weight FROM outbound.lanes l WHERE l.campaign = whose) w
  ), lanes AS MATERIALIZED (
    SELECT l.id, l.held, l.agreed, l.priority, d.draw,
           (SELECT c.callable_from FROM outbound.cases c
             WHERE c.lane = l.id AND c.state <> 'closed' AND c.callable_from <= moment
             ORDER BY c.callable_from LIMIT 1) AS head
      FROM outbound.lanes l
      JOIN zones z ON z.timezone = l.timezone
      JOIN draws d ON d.weight = l.weight
     WHERE l.campaign = whose AND z.part IS NOT NULL AND (l.parts >> z.part) & 1 = 1
       AND (cardinality(speaks) = 0 OR l.language = ANY (speaks)) AND l.skills <@ can AND NOT l.cells && full_now
  )
  SELECT c.id, c.contact_id, c.state, c.phone_id INTO due
    FROM (SELECT l.id FROM lanes l WHERE l.head IS NOT NULL
           ORDER BY l.held DESC, l.agreed DESC, l.priority DESC, l.draw, l.head OFFSET 0) l
   CROSS JOIN LATERAL (
     SELECT c.id, c.contact_id, c.state, p.id AS phone_id
       FROM outbound.cases c
      CROSS JOIN LATERAL (
        SELECT p.id
          FROM outbound.phones p
         WHERE p.contact_id = c.contact_id
           AND p.usable
           AND NOT EXISTS (SELECT FROM outbound.do_not_call d
                            WHERE d.number_index = p.number_index AND d.campaign IN ('', whose)
                              AND coalesce(d.expires_at > moment, true))
           AND (rule.max_per_number IS NULL OR c.agreed_at IS NOT NULL
                OR (SELECT count(*) FROM outbound.attempts a
                     WHERE a.phone_id = p.id AND NOT a.lost AND NOT (c.state = 'held' AND a.ended_at IS NULL))
                   < rule.max_per_number)
         ORDER BY p.set_back, p.position
         LIMIT 1) p
      WHERE c.lane = l.id AND c.state <> 'closed' AND c.callable_from <= moment AND c.campaign = whose
        AND (c.holder IS NULL OR c.holder = who.agent OR c.lease_until < moment)
        AND (c.agreed_agent IS NULL OR c.agreed_agent = who.agent OR c.state = 'held'
             OR c.callable_from <= moment - make_interval(mins => rule.hard_wait_minutes))
        AND c.avoid IS DISTINCT FROM who.agent
      ORDER BY c.callable_from, c.id
      LIMIT 1
        FOR UPDATE OF c SKIP LOCKED) c
   LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  UPDATE outbound.cases c
     SET state = 'held', holder = who.agent, epoch = c.epoch + 1,
         attempts = c.attempts + (due.state = 'waiting')::integer,
         lease_until = moment + make_interval(secs => rule.lease_seconds), last_attempt_at = moment
   WHERE c.id = due.id
  RETURNING c.epoch, c.attempts, c.lease_until INTO held;
  IF due.state = 'held' THEN
    UPDATE outbound.attempts a SET lost = true, ended_at = moment WHERE a.case_id = due.id AND a.ended_at IS NULL;
  END IF;
  INSERT INTO outbound.interviews (id, campaign, case_id, epoch, agent, release, language, started_at)
  VALUES (of_interview, whose, due.id, held.epoch, who.agent, of_release, in_language, moment);
  INSERT INTO outbound.attempts (campaign, case_id, number, epoch, agent, interview_id, phone_id, started_at)
  VALUES (whose, due.id, held.attempts, held.epoch, who.agent, of_interview, due.phone_id, moment);
  RETURN QUERY
    SELECT due.id, held.epoch, held.lease_until, held.attempts, k.name, k.language, k.timezone, k.attributes,
           k.attributes ->> 'subject',
           CASE WHEN pg_input_is_valid(k.attributes ->> 'subject_at', 'timestamp')
                THEN (k.attributes ->> 'subject_at')::timestamp AT TIME ZONE k.timezone END,
           p.number_cipher
      FROM outbound.contacts k, outbound.phones p
     WHERE k.id = due.contact_id AND p.id = due.phone_id;
END
$$;
COMMENT ON FUNCTION outbound.take_case IS
  'Gives the case that is to be called next to the agent who acts, and begins its interview and its attempt; no row where '
  'none is due. The rules are told in `server.xml` of pack `outbound`, at action `next_case`.';

CREATE FUNCTION outbound.earlier_calls(of_interview uuid, most integer)
RETURNS TABLE (started_at timestamptz, agent text, title_zh text, title_en text, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
BEGIN
  RETURN QUERY
    SELECT a.started_at, a.agent, o.title_zh, o.title_en, a.note
      FROM outbound.interviews i
      JOIN outbound.cases c ON c.id = i.case_id
      JOIN outbound.attempts a ON a.case_id = c.id
      JOIN outbound.outcomes o ON o.code = a.outcome
     WHERE i.id = of_interview AND i.campaign = who.campaign AND i.agent = who.agent
       AND (c.holder = who.agent OR a.agent = who.agent)
     ORDER BY a.number DESC
     LIMIT most;
END
$$;
COMMENT ON FUNCTION outbound.earlier_calls IS
  'The newest settled calls of the case of an interview of the agent who acts: all while the agent holds it, else the own.';

CREATE FUNCTION outbound.settle_case(of_interview uuid, with_outcome text)
RETURNS TABLE (id uuid, state text, overtaken boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  moment timestamptz := platform.now();
  rule outbound.calling := outbound.calling_of(who.campaign);
  held record;
  it outbound.cases;
  made record;
  meaning record;
  agreed record;
  ends text;
BEGIN
  UPDATE outbound.interviews i
     SET outcome = with_outcome, ended_at = coalesce(i.ended_at, moment)
   WHERE i.id = of_interview AND i.campaign = who.campaign AND i.agent = who.agent
  RETURNING i.case_id, i.epoch INTO held;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT c.* INTO it FROM outbound.cases c WHERE c.id = held.case_id;
  SELECT a.id, a.phone_id, a.started_at INTO made
    FROM outbound.attempts a
   WHERE a.interview_id = of_interview AND a.campaign = who.campaign AND a.agent = who.agent;
  SELECT coalesce(own.final, o.final) AS final, coalesce(own.retry_minutes, o.retry_minutes) AS retry_minutes,
         coalesce(own.next_number, o.next_number) AS next_number, coalesce(own.times, o.times) AS times,
         coalesce(own.other_agent, o.other_agent) AS other_agent, coalesce(own.skill, o.skill) AS skill,
         o.number_dead
    INTO meaning
    FROM outbound.outcomes o
    LEFT JOIN outbound.campaign_outcomes own ON own.campaign = who.campaign AND own.code = o.code
   WHERE o.code = with_outcome;
  SELECT f.at, CASE WHEN f.kind = 'hard' THEN f.agent END AS agent
    INTO agreed
    FROM outbound.appointments f WHERE f.interview_id = of_interview AND f.state = 'open';
  -- How often the outcome came before this call, so the call itself is written down after it.
  ends := CASE WHEN meaning.final AND NOT (meaning.number_dead AND outbound.numbers_left(it.contact_id, made.phone_id))
                 THEN 'outcome'
               WHEN agreed.at IS NOT NULL THEN NULL
               WHEN (SELECT count(*) FROM outbound.attempts b WHERE b.case_id = it.id AND b.outcome = with_outcome)
                    >= meaning.times THEN 'times'
               WHEN it.attempts >= coalesce(it.max_attempts, rule.max_attempts) THEN 'attempts'
               WHEN NOT outbound.numbers_left(it.contact_id, CASE WHEN meaning.number_dead THEN made.phone_id END)
                 THEN 'numbers'
               WHEN outbound.parts_left(it.campaign, it.id) = 1
                    AND outbound.next_opening(it.campaign, it.timezone, moment, 1) IS NULL THEN 'parts' END;

  UPDATE outbound.attempts a
     SET outcome = with_outcome, ended_at = coalesce(a.ended_at, moment)
   WHERE a.id = made.id;
  UPDATE outbound.cases c
     SET state = CASE WHEN ends IS NULL THEN 'waiting' ELSE 'closed' END, closed_by = ends,
         outcome = with_outcome, holder = NULL, lease_until = NULL,
         due_at = coalesce(agreed.at,
                           moment + make_interval(mins => CASE WHEN meaning.final THEN 0 ELSE meaning.retry_minutes END)),
         agreed_at = agreed.at, agreed_agent = agreed.agent,
         avoid = CASE WHEN meaning.other_agent THEN who.agent ELSE c.avoid END,
         skills = CASE WHEN meaning.skill = ANY (c.skills) OR meaning.skill IS NULL THEN c.skills
                       ELSE array_append(c.skills, meaning.skill) END
   WHERE c.id = held.case_id AND c.holder = who.agent AND c.epoch = held.epoch AND made.id IS NOT NULL
  RETURNING c.state INTO state;
  overtaken := NOT FOUND;
  id := of_interview;
  IF it.holder = who.agent THEN
    UPDATE outbound.phones p
       SET last_outcome = with_outcome, usable = p.usable AND NOT meaning.number_dead,
           set_back = p.set_back + meaning.next_number::integer
     WHERE p.id = made.phone_id;
  END IF;
  IF NOT overtaken THEN
    UPDATE outbound.appointments f
       SET state = CASE WHEN made.started_at > f.at + make_interval(mins => rule.late_minutes)
                        THEN 'missed' ELSE 'kept' END
     WHERE f.case_id = held.case_id AND f.state = 'open' AND f.interview_id IS DISTINCT FROM of_interview;
  END IF;
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION outbound.settle_case IS
  'Ends an interview of the agent who acts and settles its case, as action `finish` of pack `outbound` tells; no row: no such '
  'interview. `overtaken`: another has the case by now, and it was left alone.';

CREATE FUNCTION outbound.keep_lease(of_interview uuid) RETURNS TABLE (lease_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  rule outbound.calling := outbound.calling_of(who.campaign);
BEGIN
  RETURN QUERY
    UPDATE outbound.cases c
       SET lease_until = platform.now() + make_interval(secs => rule.lease_seconds)
      FROM outbound.interviews i
     WHERE i.id = of_interview AND i.campaign = who.campaign AND i.agent = who.agent
       AND c.id = i.case_id AND c.holder = who.agent AND c.epoch = i.epoch
    RETURNING c.lease_until;
END
$$;
COMMENT ON FUNCTION outbound.keep_lease IS
  'Holds the case of an interview of the agent who acts for another while; no row: the agent does not hold it.';

CREATE FUNCTION outbound.dial(of_interview uuid) RETURNS TABLE (number_cipher bytea, dialled_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  moment timestamptz := platform.now();
BEGIN
  RETURN QUERY
    UPDATE outbound.attempts a
       SET dialled_at = coalesce(a.dialled_at, moment)
      FROM outbound.interviews i, outbound.cases c, outbound.phones p
     WHERE i.id = of_interview AND i.campaign = who.campaign AND i.agent = who.agent
       AND a.interview_id = i.id AND c.id = i.case_id AND p.id = a.phone_id
       AND c.holder = who.agent AND c.epoch = i.epoch AND c.lease_until > moment
       AND NOT EXISTS (SELECT FROM outbound.do_not_call d
                        WHERE d.number_index = p.number_index AND d.campaign IN ('', who.campaign)
                          AND coalesce(d.expires_at > moment, true))
    RETURNING p.number_cipher, a.dialled_at;
END
$$;
COMMENT ON FUNCTION outbound.dial IS
  'The number, sealed, that the agent who acts is to dial in an interview, and when it was first asked for; no row where the '
  'agent does not hold the case, or where the number may not be called.';

GRANT EXECUTE ON FUNCTION outbound.take_case, outbound.earlier_calls, outbound.settle_case, outbound.keep_lease,
  outbound.dial TO waihu_scripts;

-- A function in SQL is planned at each call, unless it is read into the statement around it.

CREATE OR REPLACE FUNCTION outbound.calling_of(whose text) RETURNS outbound.calling
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  rule outbound.calling;
BEGIN
  SELECT c.* INTO rule FROM outbound.calling c WHERE c.campaign IN ('', whose) ORDER BY c.campaign DESC LIMIT 1;
  RETURN rule;
END
$$;

CREATE OR REPLACE FUNCTION outbound.is_complete(state text, outcome text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN state = 'closed'
         AND EXISTS (SELECT FROM outbound.outcomes o WHERE o.code = is_complete.outcome AND o.category = 'interview');
END
$$;

CREATE OR REPLACE FUNCTION outbound.plan_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  person record;
  kind outbound.lanes;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'held' AND NEW.state = 'held'
     AND (NEW.campaign, NEW.agreed_at, NEW.priority, NEW.weight, NEW.timezone, NEW.language, NEW.skills, NEW.parts)
         IS NOT DISTINCT FROM
         (OLD.campaign, OLD.agreed_at, OLD.priority, OLD.weight, OLD.timezone, OLD.language, OLD.skills, OLD.parts) THEN
    NEW.callable_from := NEW.lease_until;  -- a lease that is kept up moves no case to another lane
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT k.language, k.timezone, k.attributes INTO person FROM outbound.contacts k WHERE k.id = NEW.contact_id;
    NEW.language := coalesce(NEW.language, person.language, '');
    NEW.timezone := coalesce(NEW.timezone, person.timezone, 'UTC');
    NEW.cells := outbound.cells_of(NEW.campaign, 'attribute', coalesce(person.attributes, '{}'));
    NEW.barred_until := outbound.barred_until(NEW.contact_id);
    PERFORM now() AT TIME ZONE NEW.timezone;  -- an unknown zone is refused here, not at every claim
  END IF;
  IF NEW.state = 'closed' THEN
    NEW.agreed_at := NULL;
    NEW.agreed_agent := NULL;
  ELSIF NEW.state = 'waiting' THEN
    NEW.closed_by := NULL;
    IF TG_OP = 'UPDATE' AND OLD.state = 'held' AND NEW.agreed_at = OLD.agreed_at THEN
      NEW.agreed_at := NULL;  -- the promise was kept by taking the case, however the call ended
      NEW.agreed_agent := NULL;
    END IF;
    IF NEW.parts IS NULL OR TG_OP = 'UPDATE' AND OLD.state <> 'waiting' THEN
      NEW.parts := outbound.parts_left(NEW.campaign, NEW.id);
      NEW.not_before := outbound.rested(NEW);
    ELSIF TG_OP = 'UPDATE' AND NEW.agreed_at IS NOT NULL THEN
      NEW.not_before := NULL;
    END IF;
  END IF;
  NEW.parts := coalesce(NEW.parts, 2147483647);
  NEW.callable_from := CASE WHEN NEW.state = 'held' THEN NEW.lease_until
                            ELSE greatest(NEW.due_at, NEW.barred_until, NEW.not_before) END;
  kind := (0, NEW.campaign, NEW.state = 'held', NEW.agreed_at IS NOT NULL, NEW.priority, NEW.weight, NEW.timezone,
           NEW.language, NEW.skills, CASE WHEN NEW.state = 'held' THEN '{}' ELSE NEW.cells END,
           CASE WHEN NEW.state = 'held' OR NEW.agreed_at IS NOT NULL THEN 2147483647 ELSE NEW.parts END);
  NEW.lane := hashtextextended(kind::text, 0);
  IF (TG_OP = 'INSERT' OR NEW.lane IS DISTINCT FROM OLD.lane)
     AND NOT EXISTS (SELECT FROM outbound.lanes l WHERE l.id = NEW.lane) THEN
    kind.id := NEW.lane;
    INSERT INTO outbound.lanes SELECT kind.* ON CONFLICT DO NOTHING;
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION outbound.keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO outbound.answer_history (interview_id, field, round, campaign, agent, old_value, old_special, value, special,
                                       on_path, node, step, answered_at, saved_at, overtaken, late)
  VALUES (NEW.interview_id, NEW.field, NEW.round, NEW.campaign, NEW.agent, OLD.value, OLD.special, NEW.value, NEW.special,
          NEW.on_path, NEW.node, NEW.step, NEW.answered_at, NEW.saved_at, NEW.overtaken, false);
  IF NEW.overtaken THEN
    UPDATE outbound.interviews i SET overtaken = true WHERE i.id = NEW.interview_id AND NOT i.overtaken;
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION outbound.keep_history IS 'Writes down what an answer was and is; of a new one OLD is NULL.';
