-- A case that waits keeps its limits by itself, whatever action laid it aside: the gap, the most calls of a day, in all, on
-- its numbers and in each part of the week. A promised call goes before them.

ALTER TABLE outbound.cases ADD not_before timestamptz;
COMMENT ON COLUMN outbound.cases.not_before IS 'What the limits of calling add to `due_at`; infinity: it was called as often as it may be.';

CREATE FUNCTION outbound.rested(it outbound.cases) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  rule outbound.calling := outbound.calling_of(it.campaign);
  at timestamptz := platform.now();
  today date := (at AT TIME ZONE it.timezone)::date;
BEGIN
  IF it.attempts = 0 OR it.agreed_at IS NOT NULL THEN
    RETURN NULL;
  ELSIF it.attempts >= coalesce(it.max_attempts, rule.max_attempts)
        OR it.parts = 1 AND outbound.next_opening(it.campaign, it.timezone, at, it.parts) IS NULL
        OR rule.max_per_number IS NOT NULL AND NOT outbound.numbers_left(it.contact_id) THEN
    RETURN 'infinity';
  ELSIF (SELECT count(*) FROM outbound.attempts a WHERE a.case_id = it.id AND NOT a.lost AND a.local_day = today)
        >= rule.max_per_day THEN
    RETURN greatest(at + make_interval(mins => rule.gap_minutes), (today + 1)::timestamp AT TIME ZONE it.timezone);
  END IF;
  RETURN at + make_interval(mins => rule.gap_minutes);
END
$$;
COMMENT ON FUNCTION outbound.rested IS 'When, after the call that was just settled, the limits allow another one.';

CREATE OR REPLACE FUNCTION outbound.plan_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  person record;
  kind outbound.lanes;
BEGIN
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

CREATE OR REPLACE FUNCTION outbound.why_not(of_case uuid, for_agent text DEFAULT NULL)
RETURNS TABLE (rule text, until timestamptz, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  it outbound.cases;
  settings outbound.calling;
  knows outbound.agents;
  at timestamptz := platform.now();
  part smallint;
  full_now text;
BEGIN
  SELECT c.* INTO it FROM outbound.cases c WHERE c.id = of_case;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF it.state = 'closed' THEN
    RETURN QUERY SELECT 'closed', NULL::timestamptz, coalesce(it.closed_by, '') || ' ' || coalesce(it.outcome, '');
    RETURN;
  END IF;
  settings := outbound.calling_of(it.campaign);
  part := outbound.part_at(it.campaign, it.timezone, at);
  IF it.state = 'held' AND it.lease_until > at THEN
    RETURN QUERY SELECT 'held', it.lease_until, it.holder;
  ELSIF it.state = 'waiting' AND it.due_at > at THEN
    RETURN QUERY SELECT CASE WHEN it.agreed_at IS NULL THEN 'not_due' ELSE 'appointment' END, it.due_at,
                        coalesce(it.agreed_agent, '');
  END IF;
  IF it.state = 'waiting' AND it.not_before > at THEN
    RETURN QUERY SELECT 'limits', nullif(it.not_before, 'infinity'), it.attempts || '';
  END IF;
  IF it.barred_until = 'infinity' AND NOT outbound.numbers_left(it.contact_id) THEN
    RETURN QUERY SELECT 'no_number', NULL::timestamptz, '';
  ELSIF it.barred_until > at THEN
    RETURN QUERY SELECT 'do_not_call', nullif(it.barred_until, 'infinity'), '';
  END IF;
  IF part IS NULL THEN
    RETURN QUERY SELECT 'window', outbound.next_opening(it.campaign, it.timezone, at, 2147483647), it.timezone;
  ELSIF it.state = 'waiting' AND it.agreed_at IS NULL AND (it.parts >> part) & 1 = 0 THEN
    RETURN QUERY SELECT 'day_part', outbound.next_opening(it.campaign, it.timezone, at, it.parts),
                        coalesce((SELECT d.name FROM outbound.day_parts d WHERE d.campaign = it.campaign AND d.number = part), '');
  END IF;
  IF it.state = 'waiting' THEN
    SELECT string_agg(format('%s/%s %s+%s/%s', c.quota, c.name, c.complete, c.running, c.target), ', ' ORDER BY c.id)
      INTO full_now FROM outbound.quota_cells c
     WHERE c.id = ANY (it.cells) AND c.complete + c.running >= c.target;
    IF full_now IS NOT NULL THEN
      RETURN QUERY SELECT 'quota', NULL::timestamptz, full_now;
    END IF;
  END IF;
  IF for_agent IS NULL THEN
    RETURN;
  END IF;
  SELECT a.* INTO knows FROM outbound.agents a WHERE a.id = for_agent;
  IF it.language <> ALL (knows.languages) AND cardinality(knows.languages) > 0 THEN
    RETURN QUERY SELECT 'language', NULL::timestamptz, it.language;
  END IF;
  IF NOT it.skills <@ coalesce(knows.skills, '{}') THEN
    RETURN QUERY SELECT 'skill', NULL::timestamptz, array_to_string(it.skills, ' ');
  END IF;
  IF it.state = 'waiting' AND it.agreed_agent <> for_agent
     AND it.due_at + make_interval(mins => settings.hard_wait_minutes) > at THEN
    RETURN QUERY SELECT 'other_agent', it.due_at + make_interval(mins => settings.hard_wait_minutes), it.agreed_agent;
  END IF;
  IF it.avoid = for_agent THEN
    RETURN QUERY SELECT 'not_this_agent', NULL::timestamptz, '';
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION outbound.callable_at(of_case uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT outbound.next_opening(c.campaign, c.timezone, greatest(c.callable_from, platform.now()),
                               CASE WHEN c.state = 'held' OR c.agreed_at IS NOT NULL THEN 2147483647 ELSE c.parts END)
    FROM outbound.cases c
   WHERE c.id = of_case AND c.state <> 'closed' AND isfinite(c.callable_from)
     AND NOT EXISTS (SELECT FROM outbound.why_not(of_case) w WHERE w.rule IN ('quota', 'no_number'))
$$;

CREATE OR REPLACE FUNCTION outbound.queue_state(whose text, for_agent text, counting integer DEFAULT 1000)
RETURNS TABLE (reason text, cases bigint, next_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH clock AS MATERIALIZED (SELECT platform.now() AS at, outbound.calling_of(whose) AS rule, outbound.full_cells(whose) AS full_now),
  me AS MATERIALIZED (
    SELECT coalesce(a.languages, '{}') AS languages, coalesce(a.skills, '{}') AS skills
      FROM (SELECT for_agent AS id) one LEFT JOIN outbound.agents a ON a.id = one.id),
  zones AS MATERIALIZED (
    SELECT z.timezone, outbound.part_at(whose, z.timezone, k.at) AS part,
           outbound.next_opening(whose, z.timezone, k.at, 2147483647) AS opens
      FROM (SELECT DISTINCT l.timezone FROM outbound.lanes l WHERE l.campaign = whose) z, clock k),
  lanes AS MATERIALIZED (
    SELECT l.id, l.held, l.agreed, z.opens,
           CASE WHEN for_agent IS NOT NULL AND cardinality(m.languages) > 0 AND l.language <> ALL (m.languages) THEN 'language'
                WHEN for_agent IS NOT NULL AND NOT l.skills <@ m.skills THEN 'skill'
                WHEN z.part IS NULL THEN 'window'
                WHEN (l.parts >> z.part) & 1 = 0 THEN 'day_part'
                WHEN l.cells && k.full_now THEN 'quota' END AS blocked
      FROM outbound.lanes l JOIN zones z ON z.timezone = l.timezone CROSS JOIN me m CROSS JOIN clock k
     WHERE l.campaign = whose AND whose = coalesce(platform.current_campaign(), whose)),
  counted AS (
    SELECT CASE WHEN NOT isfinite(c.callable_from) THEN (
                  SELECT CASE WHEN f.not_before = 'infinity' THEN 'limits'
                              WHEN outbound.numbers_left(f.contact_id) THEN 'do_not_call' ELSE 'no_number' END
                    FROM outbound.cases f WHERE f.id = c.id)
                WHEN l.held AND c.callable_from > k.at THEN 'held'
                WHEN l.agreed AND c.callable_from > k.at THEN 'appointment'
                WHEN l.blocked IS NOT NULL THEN l.blocked
                WHEN c.callable_from > k.at THEN 'not_due'
                WHEN l.agreed AND NOT l.held AND EXISTS (
                  SELECT FROM outbound.cases f WHERE f.id = c.id AND f.agreed_agent <> for_agent
                     AND f.callable_from + make_interval(mins => (k.rule).hard_wait_minutes) > k.at) THEN 'other_agent'
                ELSE 'ready' END AS reason,
           CASE WHEN l.blocked = 'window' THEN greatest(l.opens, c.callable_from)
                WHEN c.callable_from > k.at THEN nullif(c.callable_from, 'infinity') END AS next_at
      FROM lanes l CROSS JOIN clock k
     CROSS JOIN LATERAL (SELECT c.id, c.callable_from FROM outbound.cases c
                          WHERE c.lane = l.id AND c.state <> 'closed' ORDER BY c.callable_from LIMIT counting) c)
  SELECT c.reason, count(*), min(c.next_at) FROM counted c GROUP BY c.reason
$$;
