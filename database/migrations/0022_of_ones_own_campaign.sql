-- What a campaign sets, what is free to agree on, how a queue stands: functions that run as the owner and are asked about a
-- campaign by name tell a session of agents about its own campaign only. Row-level security did not look inside them.

CREATE FUNCTION platform.may_ask_of(whose text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Triggers run with the rights of the tables' owner; who signed in stays the same.
  RETURN session_user NOT IN ('waihu_business', 'waihu_slow')
         OR coalesce(whose = platform.current_campaign(), false);
END
$$;
COMMENT ON FUNCTION platform.may_ask_of IS
  'May whoever acts be told of campaign `whose`? Functions'' logins of that of their action, in an action; others of all.';

CREATE OR REPLACE FUNCTION outbound.calling_of(whose text) RETURNS outbound.calling
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  rule outbound.calling;
BEGIN
  SELECT c.* INTO rule FROM outbound.calling c WHERE c.campaign IN ('', whose) AND platform.may_ask_of(whose)
   ORDER BY c.campaign DESC LIMIT 1;
  RETURN rule;
END
$$;

CREATE OR REPLACE FUNCTION outbound.part_at(whose text, zone text, moment timestamptz) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  there timestamp := moment AT TIME ZONE zone;
  day_of_week smallint := extract(isodow FROM there);
BEGIN
  IF NOT platform.may_ask_of(whose)
     OR EXISTS (SELECT FROM outbound.holidays h WHERE h.campaign IN ('', whose) AND h.day = there::date)
     OR EXISTS (SELECT FROM outbound.windows w WHERE w.campaign = whose)
        AND NOT EXISTS (SELECT FROM outbound.windows w
                         WHERE w.campaign = whose AND w.weekday = day_of_week
                           AND w.opens <= there::time AND there::time < w.closes) THEN
    RETURN NULL;
  END IF;
  RETURN coalesce((SELECT d.number FROM outbound.day_parts d
                    WHERE d.campaign = whose AND day_of_week = ANY (d.weekdays)
                      AND d.begins <= there::time AND there::time < d.ends
                    ORDER BY d.number LIMIT 1), 0::smallint);
END
$$;

CREATE OR REPLACE FUNCTION outbound.next_opening(whose text, zone text, since timestamptz, parts integer) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.moment
    FROM (SELECT since AS moment
          UNION
          SELECT (day.day::date + clock.time) AT TIME ZONE zone
            FROM generate_series((since AT TIME ZONE zone)::date, (since AT TIME ZONE zone)::date + 60, interval '1 day') day
           CROSS JOIN (SELECT w.opens AS time FROM outbound.windows w WHERE w.campaign = whose
                       UNION SELECT d.begins FROM outbound.day_parts d WHERE d.campaign = whose
                       UNION SELECT d.ends FROM outbound.day_parts d WHERE d.campaign = whose
                       UNION SELECT time '00:00') clock
           ORDER BY 1) t
   WHERE t.moment >= since AND isfinite(since) AND platform.may_ask_of(whose)
     AND (parts >> coalesce(outbound.part_at(whose, zone, t.moment), 31)) & 1 = 1
   LIMIT 1
$$;

CREATE OR REPLACE FUNCTION outbound.parts_left(whose text, of_case uuid) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  rule outbound.calling := outbound.calling_of(whose);
BEGIN
  IF NOT platform.may_ask_of(whose) THEN
    RETURN NULL;
  ELSIF rule.max_per_part IS NULL AND rule.spread IS NULL THEN
    RETURN 2147483647;
  END IF;
  RETURN (
    SELECT 1 | coalesce(bit_or(CASE WHEN coalesce(p.calls < rule.max_per_part, true)
                                     AND coalesce(p.calls <= p.fewest + rule.spread, true) THEN 1 << p.number END), 0)
      FROM (SELECT d.number, count(a.id) AS calls, min(count(a.id)) OVER () AS fewest
              FROM outbound.day_parts d
              LEFT JOIN outbound.attempts a ON a.case_id = of_case AND a.campaign = whose AND a.part = d.number AND NOT a.lost
             WHERE d.campaign = whose
             GROUP BY d.number) p);
END
$$;

CREATE OR REPLACE FUNCTION outbound.numbers_left(contact uuid, but uuid DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT EXISTS (
    SELECT FROM outbound.phones p
     WHERE p.contact_id = contact AND platform.may_ask_of(p.campaign) AND p.usable AND p.id IS DISTINCT FROM but
       AND coalesce((SELECT count(*) FROM outbound.attempts a WHERE a.phone_id = p.id AND NOT a.lost)
                    < (outbound.calling_of(p.campaign)).max_per_number, true))
$$;

CREATE OR REPLACE FUNCTION outbound.full_cells(whose text, holding boolean DEFAULT false) RETURNS integer[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT platform.may_ask_of(whose)
     OR NOT EXISTS (SELECT FROM outbound.quotas q WHERE q.campaign = whose AND q.source = 'attribute') THEN
    RETURN '{}';
  END IF;
  IF holding THEN
    PERFORM FROM outbound.quota_cells c JOIN outbound.quotas q ON q.campaign = c.campaign AND q.id = c.quota
      WHERE c.campaign = whose AND q.source = 'attribute' AND c.complete < c.target ORDER BY c.id FOR UPDATE OF c;
  END IF;
  RETURN ARRAY(SELECT c.id FROM outbound.quota_cells c JOIN outbound.quotas q ON q.campaign = c.campaign AND q.id = c.quota
                WHERE c.campaign = whose AND q.source = 'attribute' AND c.complete + c.running >= c.target);
END
$$;

CREATE OR REPLACE FUNCTION outbound.slots(whose text, zone text, for_agent text, days integer)
RETURNS TABLE (begins timestamptz, there timestamp, places integer, mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH rule AS MATERIALIZED (SELECT (outbound.calling_of(whose)).*),
  slots AS MATERIALIZED (
    SELECT s.there, s.there AT TIME ZONE zone AS begins, make_interval(mins => r.slot_minutes) AS long
      FROM rule r
     CROSS JOIN generate_series(0, days - 1) d(ahead)
     CROSS JOIN LATERAL generate_series(((platform.now() AT TIME ZONE zone)::date + d.ahead)::timestamp,
                                        ((platform.now() AT TIME ZONE zone)::date + d.ahead)::timestamp + interval '23:59',
                                        make_interval(mins => r.slot_minutes)) s(there))
  SELECT s.begins, s.there, greatest(r.slot_places - taken.all_of_them, 0)::integer, taken.hers
    FROM slots s
   CROSS JOIN rule r
   CROSS JOIN LATERAL (
      SELECT count(*) AS all_of_them, coalesce(bool_or(f.agent = for_agent AND f.kind = 'hard'), false) AS hers
        FROM outbound.appointments f
       WHERE f.campaign = whose AND f.state = 'open' AND f.at >= s.begins AND f.at < s.begins + s.long) taken
   WHERE s.begins > platform.now() AND outbound.part_at(whose, zone, s.begins) IS NOT NULL
     AND platform.may_ask_of(whose)
   ORDER BY s.begins
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
     WHERE l.campaign = whose AND platform.may_ask_of(whose)),
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
                WHEN EXISTS (SELECT FROM outbound.cases f WHERE f.id = c.id AND f.avoid = for_agent) THEN 'not_this_agent'
                ELSE 'ready' END AS reason,
           CASE WHEN l.blocked = 'window' THEN greatest(l.opens, c.callable_from)
                WHEN c.callable_from > k.at THEN nullif(c.callable_from, 'infinity') END AS next_at
      FROM lanes l CROSS JOIN clock k
     CROSS JOIN LATERAL (SELECT c.id, c.callable_from FROM outbound.cases c
                          WHERE c.lane = l.id AND c.state <> 'closed' ORDER BY c.callable_from LIMIT counting) c)
  SELECT c.reason, count(*), min(c.next_at) FROM counted c GROUP BY c.reason
$$;
