-- A case that is never called has no next time, in a closed window neither: until now `queue_state` told of infinity there,
-- which is no moment that a page or a command can show.

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
           nullif(CASE WHEN l.blocked = 'window' THEN greatest(l.opens, c.callable_from)
                       WHEN c.callable_from > k.at THEN c.callable_from END, 'infinity') AS next_at
      FROM lanes l CROSS JOIN clock k
     CROSS JOIN LATERAL (SELECT c.id, c.callable_from FROM outbound.cases c
                          WHERE c.lane = l.id AND c.state <> 'closed' ORDER BY c.callable_from LIMIT counting) c)
  SELECT c.reason, count(*), min(c.next_at) FROM counted c GROUP BY c.reason
$$;
