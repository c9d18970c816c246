-- What the tables work out by themselves, so that a claim has little left to ask: when and in which lane a case may be
-- called, which cells are full, whom the do-not-call list keeps back.

CREATE FUNCTION outbound.calling_of(whose text) RETURNS outbound.calling
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c FROM outbound.calling c WHERE c.campaign IN ('', whose) ORDER BY c.campaign DESC LIMIT 1
$$;
COMMENT ON FUNCTION outbound.calling_of IS 'How a campaign calls: its own settings, or those of all.';

CREATE FUNCTION outbound.part_at(whose text, zone text, moment timestamptz) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  there timestamp := moment AT TIME ZONE zone;
  day_of_week smallint := extract(isodow FROM there);
BEGIN
  IF EXISTS (SELECT FROM outbound.holidays h WHERE h.campaign IN ('', whose) AND h.day = there::date)
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
COMMENT ON FUNCTION outbound.part_at IS
  'Part of the week at `moment` where the clock is that of `zone`; NULL: nobody may be called there then.';

CREATE FUNCTION outbound.next_opening(whose text, zone text, since timestamptz, parts integer) RETURNS timestamptz
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
   WHERE t.moment >= since AND isfinite(since)
     AND (parts >> coalesce(outbound.part_at(whose, zone, t.moment), 31)) & 1 = 1
   LIMIT 1
$$;
COMMENT ON FUNCTION outbound.next_opening IS
  'When, from `since` on and within 60 days, a contact in `zone` may be called in one of `parts` (bits); NULL: never.';

-- Bit 31 stands for "closed": no mask has it, since masks are whole numbers from 1, or all but that bit.
CREATE FUNCTION outbound.parts_left(whose text, of_case uuid) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  rule outbound.calling := outbound.calling_of(whose);
BEGIN
  IF rule.max_per_part IS NULL AND rule.spread IS NULL THEN
    RETURN 2147483647;
  END IF;
  RETURN (
    SELECT 1 | coalesce(bit_or(CASE WHEN coalesce(p.calls < rule.max_per_part, true)
                                     AND coalesce(p.calls <= p.fewest + rule.spread, true) THEN 1 << p.number END), 0)
      FROM (SELECT d.number, count(a.id) AS calls, min(count(a.id)) OVER () AS fewest
              FROM outbound.day_parts d
              LEFT JOIN outbound.attempts a ON a.case_id = of_case AND a.part = d.number AND NOT a.lost
             WHERE d.campaign = whose
             GROUP BY d.number) p);
END
$$;
COMMENT ON FUNCTION outbound.parts_left IS 'Bits of the parts of the week in which a case may still be called.';

CREATE FUNCTION outbound.numbers_left(contact uuid, but uuid DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT EXISTS (
    SELECT FROM outbound.phones p
     WHERE p.contact_id = contact AND p.usable AND p.id IS DISTINCT FROM but
       AND coalesce((SELECT count(*) FROM outbound.attempts a WHERE a.phone_id = p.id AND NOT a.lost)
                    < (outbound.calling_of(p.campaign)).max_per_number, true))
$$;
COMMENT ON FUNCTION outbound.numbers_left IS 'Has a contact a number, other than `but`, that works and was not called too often?';

CREATE FUNCTION outbound.cells_of(whose text, origin text, facts jsonb) RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(c.id ORDER BY c.id), '{}')
    FROM outbound.quotas q JOIN outbound.quota_cells c ON c.campaign = q.campaign AND c.quota = q.id
   WHERE q.campaign = whose AND q.source = origin
     AND NOT EXISTS (SELECT FROM jsonb_each_text(c.match) m WHERE facts ->> m.key IS DISTINCT FROM m.value)
$$;
COMMENT ON FUNCTION outbound.cells_of IS 'Cells of quotas by `attribute` or by `answer` into which these facts fall.';

CREATE FUNCTION outbound.barred_until(contact uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT min(coalesce((SELECT max(coalesce(d.expires_at, 'infinity')) FROM outbound.do_not_call d
                        WHERE d.number_index = p.number_index AND d.campaign IN ('', p.campaign)
                          AND coalesce(d.expires_at > platform.now(), true)),
                      '-infinity'))
    FROM outbound.phones p WHERE p.contact_id = contact AND p.usable
$$;
COMMENT ON FUNCTION outbound.barred_until IS 'Until when every working number of a contact is on a do-not-call list; -infinity: one is free; NULL: none works.';

-- A case tells itself in which lane it waits and from when on. `pg_trigger_depth` lets the tables' own triggers move a
-- case that nobody in the action holds.
CREATE OR REPLACE FUNCTION outbound.guard_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  who record;
BEGIN
  IF pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  who := platform.current_claim();
  IF who.agent IS NULL THEN
    RETURN NEW;  -- outside an action only the administrator's tools get here: row-level security stops scripts before
  END IF;
  IF NEW.epoch = OLD.epoch + 1 AND NEW.holder = who.agent
     AND (OLD.holder IS NULL OR OLD.holder = who.agent OR OLD.lease_until < platform.now()) THEN
    RETURN NEW;
  END IF;
  IF NEW.epoch = OLD.epoch AND OLD.holder = who.agent
     AND NOT EXISTS (SELECT FROM outbound.interviews i
                      WHERE i.id = who.interview AND i.case_id = OLD.id AND i.epoch <> OLD.epoch) THEN
    RETURN NEW;
  END IF;
  -- A supervisor may release, reassign or change a case, but never give it a second holder in one epoch.
  IF who.interview IS NULL AND who.roles && ARRAY['supervisor', 'admin']
     AND (NEW.epoch = OLD.epoch + 1
          OR NEW.epoch = OLD.epoch AND (NEW.holder IS NULL OR NEW.holder IS NOT DISTINCT FROM OLD.holder)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the case is held by another agent, or in a later epoch' USING ERRCODE = 'WH010', CONSTRAINT = 'guard_case';
END
$$;

CREATE FUNCTION outbound.plan_case() RETURNS trigger
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
    END IF;
  END IF;
  NEW.parts := coalesce(NEW.parts, 2147483647);
  NEW.callable_from := CASE WHEN NEW.state = 'held' THEN NEW.lease_until ELSE greatest(NEW.due_at, NEW.barred_until) END;
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

UPDATE outbound.cases c SET language = k.language, timezone = k.timezone
  FROM outbound.contacts k WHERE k.id = c.contact_id;
CREATE TRIGGER plan_case BEFORE INSERT OR UPDATE ON outbound.cases FOR EACH ROW EXECUTE FUNCTION outbound.plan_case();
UPDATE outbound.cases SET barred_until = outbound.barred_until(contact_id) WHERE state <> 'closed';
UPDATE outbound.cases SET state = state WHERE lane IS NULL;
ALTER TABLE outbound.cases ALTER language SET NOT NULL, ALTER timezone SET NOT NULL, ALTER parts SET NOT NULL,
  ALTER callable_from SET NOT NULL, ALTER lane SET NOT NULL;
DROP INDEX outbound.cases_next;
CREATE INDEX cases_next ON outbound.cases (lane, callable_from, id) WHERE state <> 'closed';
CREATE INDEX cases_campaign ON outbound.cases (campaign, state);

CREATE FUNCTION outbound.follow_contact() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  PERFORM now() AT TIME ZONE NEW.timezone;
  UPDATE outbound.cases c
     SET language = CASE WHEN NEW.language <> OLD.language THEN NEW.language ELSE c.language END,
         timezone = NEW.timezone,
         cells = CASE WHEN NEW.attributes = OLD.attributes OR NEW.erased_at IS NOT NULL THEN c.cells
                      ELSE outbound.cells_of(c.campaign, 'attribute', NEW.attributes) END
   WHERE c.contact_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER follow_contact AFTER UPDATE ON outbound.contacts FOR EACH ROW
  WHEN ((OLD.language, OLD.timezone, OLD.attributes) IS DISTINCT FROM (NEW.language, NEW.timezone, NEW.attributes))
  EXECUTE FUNCTION outbound.follow_contact();

-- What was agreed after the call, or moved by a supervisor, reaches a case that waits. Within a call the case is held:
-- then whoever settles it says when it is due.
CREATE FUNCTION outbound.follow_appointment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  UPDATE outbound.cases c
     SET agreed_at = f.at, agreed_agent = CASE WHEN f.kind = 'hard' THEN f.agent END, due_at = coalesce(f.at, c.due_at)
    FROM (SELECT NEW.case_id AS case_id) one
    LEFT JOIN LATERAL (SELECT a.at, a.kind, a.agent FROM outbound.appointments a
                        WHERE a.case_id = one.case_id AND a.state = 'open' ORDER BY a.made_at DESC LIMIT 1) f ON true
   WHERE c.id = one.case_id AND c.state = 'waiting'
     AND (c.agreed_at, c.agreed_agent) IS DISTINCT FROM (f.at, CASE WHEN f.kind = 'hard' THEN f.agent END);
  RETURN NULL;
END
$$;
CREATE TRIGGER follow_appointment AFTER INSERT OR UPDATE ON outbound.appointments
  FOR EACH ROW EXECUTE FUNCTION outbound.follow_appointment();

CREATE FUNCTION outbound.place_attempt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  zone text;
BEGIN
  SELECT c.timezone INTO zone FROM outbound.cases c WHERE c.id = NEW.case_id;
  NEW.part := coalesce(outbound.part_at(NEW.campaign, zone, NEW.started_at), 0);
  NEW.local_day := (NEW.started_at AT TIME ZONE zone)::date;
  RETURN NEW;
END
$$;
CREATE TRIGGER place_attempt BEFORE INSERT ON outbound.attempts FOR EACH ROW EXECUTE FUNCTION outbound.place_attempt();

-- The do-not-call list ----------------------------------------------------------------------------------------------

CREATE FUNCTION outbound.bar_cases() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed bytea[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    changed := ARRAY(SELECT DISTINCT o.number_index FROM old_rows o);
  ELSE
    changed := ARRAY(SELECT DISTINCT n.number_index FROM new_rows n);
  END IF;
  IF cardinality(changed) > 0 THEN
    UPDATE outbound.cases c SET barred_until = b.until
      FROM (SELECT k.contact_id, outbound.barred_until(k.contact_id) AS until
              FROM (SELECT DISTINCT p.contact_id FROM outbound.phones p WHERE p.number_index = ANY (changed)) k) b
     WHERE c.contact_id = b.contact_id AND c.state <> 'closed' AND c.barred_until IS DISTINCT FROM b.until;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER bar_listed AFTER INSERT ON outbound.do_not_call REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION outbound.bar_cases();
CREATE TRIGGER bar_changed AFTER UPDATE ON outbound.do_not_call REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION outbound.bar_cases();
CREATE TRIGGER bar_freed AFTER DELETE ON outbound.do_not_call REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION outbound.bar_cases();

CREATE FUNCTION outbound.bar_dead_numbers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  UPDATE outbound.cases c SET barred_until = coalesce(outbound.barred_until(NEW.contact_id), 'infinity')
   WHERE c.contact_id = NEW.contact_id AND c.state <> 'closed';
  RETURN NULL;
END
$$;
CREATE TRIGGER bar_dead_numbers AFTER UPDATE OF usable ON outbound.phones FOR EACH ROW
  WHEN (OLD.usable <> NEW.usable) EXECUTE FUNCTION outbound.bar_dead_numbers();

-- Quotas count themselves -------------------------------------------------------------------------------------------

CREATE FUNCTION outbound.is_complete(state text, outcome text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT state = 'closed' AND EXISTS (SELECT FROM outbound.outcomes o WHERE o.code = outcome AND o.category = 'interview')
$$;

CREATE FUNCTION outbound.count_quotas() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  by_answer boolean := EXISTS (SELECT FROM outbound.quotas q WHERE q.campaign = NEW.campaign AND q.source = 'answer');
  was boolean := outbound.is_complete(OLD.state, OLD.outcome);
  done boolean := outbound.is_complete(NEW.state, NEW.outcome);
  left_places integer[] := '{}';
  done_places integer[] := '{}';
BEGIN
  IF OLD.cells = '{}' AND NEW.cells = '{}' AND NOT by_answer THEN
    RETURN NULL;
  END IF;
  -- Always in the same order, so that no two wait for each other.
  PERFORM FROM outbound.quota_cells c
    WHERE c.id = ANY (OLD.cells || NEW.cells)
       OR by_answer AND c.id IN (SELECT p.cell FROM outbound.quota_places p WHERE p.case_id = NEW.id)
    ORDER BY c.id FOR UPDATE;
  IF by_answer AND OLD.state = 'held' AND (NEW.state <> 'held' OR NEW.epoch <> OLD.epoch) THEN
    IF done THEN
      UPDATE outbound.quota_places p SET complete = true WHERE p.case_id = NEW.id AND NOT p.complete;
    ELSE
      WITH gone AS (DELETE FROM outbound.quota_places p WHERE p.case_id = NEW.id AND NOT p.complete RETURNING p.cell)
      SELECT coalesce(array_agg(g.cell), '{}') INTO left_places FROM gone g;
    END IF;
  END IF;
  IF by_answer AND done AND NOT was THEN
    SELECT coalesce(array_agg(p.cell), '{}') INTO done_places FROM outbound.quota_places p WHERE p.case_id = NEW.id;
  END IF;
  UPDATE outbound.quota_cells c
     SET running = c.running
           + (NEW.state = 'held' AND c.id = ANY (NEW.cells))::integer
           - (OLD.state = 'held' AND c.id = ANY (OLD.cells))::integer
           - (c.id = ANY (left_places || done_places))::integer,
         complete = c.complete
           + (done AND c.id = ANY (NEW.cells || done_places))::integer
           - (was AND c.id = ANY (OLD.cells))::integer
   WHERE c.id = ANY (OLD.cells || NEW.cells || left_places || done_places);
  RETURN NULL;
END
$$;
CREATE TRIGGER count_quotas AFTER UPDATE ON outbound.cases FOR EACH ROW
  WHEN ((OLD.state, OLD.outcome, OLD.cells, OLD.epoch) IS DISTINCT FROM (NEW.state, NEW.outcome, NEW.cells, NEW.epoch))
  EXECUTE FUNCTION outbound.count_quotas();

CREATE FUNCTION outbound.full_cells(whose text, holding boolean DEFAULT false) RETURNS integer[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM outbound.quotas q WHERE q.campaign = whose AND q.source = 'attribute') THEN
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
COMMENT ON FUNCTION outbound.full_cells IS
  'Cells of quotas by attribute that take no more; `holding` keeps them as they are until the transaction ends.';

CREATE FUNCTION outbound.take_places(of_interview uuid, answers jsonb, OUT open boolean, OUT quota text, OUT cell text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  held record;
  wanted integer[];
BEGIN
  SELECT c.id, c.campaign INTO held
    FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id
   WHERE i.id = of_interview AND i.agent = who.agent AND c.holder = who.agent AND c.epoch = i.epoch
     AND c.campaign = who.campaign
     FOR NO KEY UPDATE OF c;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  wanted := outbound.cells_of(held.campaign, 'answer', answers);
  PERFORM FROM outbound.quota_cells c
    WHERE c.id = ANY (wanted) OR c.id IN (SELECT p.cell FROM outbound.quota_places p WHERE p.case_id = held.id)
    ORDER BY c.id FOR UPDATE;
  -- An answer that was changed gives its place back.
  WITH gone AS (
    DELETE FROM outbound.quota_places p
     WHERE p.case_id = held.id AND NOT p.complete AND p.cell <> ALL (wanted) RETURNING p.cell)
  UPDATE outbound.quota_cells c SET running = c.running - 1 FROM gone g WHERE c.id = g.cell;
  wanted := ARRAY(SELECT w.id FROM unnest(wanted) w(id)
                   WHERE NOT EXISTS (SELECT FROM outbound.quota_places p WHERE p.case_id = held.id AND p.cell = w.id));
  SELECT false, c.quota, c.name INTO open, quota, cell
    FROM outbound.quota_cells c
   WHERE c.id = ANY (wanted) AND c.complete + c.running >= c.target ORDER BY c.id LIMIT 1;
  IF FOUND THEN
    RETURN;
  END IF;
  open := true;
  INSERT INTO outbound.quota_places (case_id, cell, interview_id, campaign)
  SELECT held.id, w.id, of_interview, held.campaign FROM unnest(wanted) w(id);
  UPDATE outbound.quota_cells c SET running = c.running + 1 WHERE c.id = ANY (wanted);
END
$$;
COMMENT ON FUNCTION outbound.take_places IS
  'Takes a place in each cell of quotas by answer that these answers fall into, or tells which one is full and takes none; '
  '`open` is NULL where the interview no longer holds its case.';

-- After settings have changed --------------------------------------------------------------------------------------

CREATE FUNCTION outbound.replan(whose text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  rule outbound.calling := outbound.calling_of(whose);
  moved bigint;
BEGIN
  UPDATE outbound.cases c SET cells = n.cells
    FROM (SELECT k.id, outbound.cells_of(whose, 'attribute', k.attributes) AS cells
            FROM outbound.contacts k WHERE k.campaign = whose AND k.erased_at IS NULL) n
   WHERE n.id = c.contact_id AND c.cells <> n.cells;
  UPDATE outbound.cases c
     SET parts = n.parts,
         state = CASE WHEN n.too_often IS NULL THEN 'waiting' ELSE 'closed' END,
         closed_by = n.too_often
    FROM (SELECT o.id, outbound.parts_left(whose, o.id) AS parts,
                 CASE WHEN o.agreed_at IS NOT NULL THEN NULL
                      WHEN o.attempts >= coalesce(o.max_attempts, rule.max_attempts) THEN 'attempts'
                      WHEN o.attempts > 0 AND NOT outbound.numbers_left(o.contact_id) THEN 'numbers' END AS too_often
            FROM outbound.cases o WHERE o.campaign = whose AND o.state = 'waiting') n
   WHERE n.id = c.id AND (c.parts <> n.parts OR n.too_often IS NOT NULL);
  GET DIAGNOSTICS moved = ROW_COUNT;
  UPDATE outbound.quota_cells q
     SET complete = (SELECT count(*) FROM outbound.cases c
                      WHERE c.campaign = whose AND outbound.is_complete(c.state, c.outcome) AND q.id = ANY (c.cells))
                    + (SELECT count(*) FROM outbound.quota_places p WHERE p.cell = q.id AND p.complete),
         running = (SELECT count(*) FROM outbound.cases c
                     WHERE c.campaign = whose AND c.state = 'held' AND q.id = ANY (c.cells))
                   + (SELECT count(*) FROM outbound.quota_places p WHERE p.cell = q.id AND NOT p.complete)
   WHERE q.campaign = whose;
  RETURN moved;
END
$$;
COMMENT ON FUNCTION outbound.replan IS
  'Brings the cases and cells of a campaign in line with its present settings; how many cases changed.';

-- Why not? ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION outbound.why_not(of_case uuid, for_agent text DEFAULT NULL)
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
COMMENT ON FUNCTION outbound.why_not IS
  'Each rule that keeps a case from being called now (by `for_agent`, if given), with the time when it no longer does; no row: '
  'it may be called.';

CREATE FUNCTION outbound.callable_at(of_case uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT outbound.next_opening(c.campaign, c.timezone, greatest(c.callable_from, platform.now()),
                               CASE WHEN c.state = 'held' OR c.agreed_at IS NOT NULL THEN 2147483647 ELSE c.parts END)
    FROM outbound.cases c
   WHERE c.id = of_case AND c.state <> 'closed'
     AND NOT EXISTS (SELECT FROM outbound.why_not(of_case) w WHERE w.rule IN ('quota', 'no_number'))
$$;
COMMENT ON FUNCTION outbound.callable_at IS 'When a case may be called next, as things stand; NULL: nobody can tell, or never.';

CREATE FUNCTION outbound.queue_state(whose text, for_agent text, counting integer DEFAULT 1000)
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
    SELECT CASE WHEN NOT isfinite(c.callable_from) THEN 'do_not_call'
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
COMMENT ON FUNCTION outbound.queue_state IS
  'How many cases of a campaign are ready, or kept back by which rule, and when the first of them is next; of each kind of '
  'case at most `counting` are counted, those due first.';

-- What is free to agree on --------------------------------------------------------------------------------------------

CREATE FUNCTION outbound.slots(whose text, zone text, for_agent text, days integer)
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
     AND whose = coalesce(platform.current_campaign(), whose)
   ORDER BY s.begins
$$;
COMMENT ON FUNCTION outbound.slots IS
  'When a contact in `zone` may be called in the next days, slot by slot: how many call-backs it still takes, and whether the '
  'agent has promised one for it.';

-- What a case is worth to others --------------------------------------------------------------------------------------

ALTER POLICY reading ON outbound.cases
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent)
              OR lease_until < (SELECT platform.now()) OR (SELECT platform.supervises())));
ALTER POLICY changing ON outbound.cases
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent)
              OR lease_until < (SELECT platform.now()) OR (SELECT platform.supervises())))
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign)
              AND (holder IS NULL OR holder = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));
-- Whoever takes a case over closes the attempt of the one before.
CREATE POLICY overtaking ON outbound.attempts FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND ended_at IS NULL
         AND EXISTS (SELECT FROM outbound.cases c WHERE c.id = attempts.case_id AND c.lease_until < (SELECT platform.now())))
  WITH CHECK (lost AND campaign = (SELECT (platform.current_claim()).campaign));

-- Erasure -------------------------------------------------------------------------------------------------------------

DROP FUNCTION outbound.erase_contact(uuid);
CREATE FUNCTION outbound.erase_contact(contact uuid, by text DEFAULT '', why text DEFAULT '') RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  its_interviews uuid[] := ARRAY(
    SELECT i.id FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id WHERE c.contact_id = contact);
BEGIN
  INSERT INTO outbound.erasures (contact_id, number_index, campaign, erased_by, reason)
  SELECT contact, p.number_index, p.campaign, by, why FROM outbound.phones p WHERE p.contact_id = contact
  ON CONFLICT DO NOTHING;
  UPDATE outbound.cases
     SET state = 'closed', holder = NULL, lease_until = NULL, epoch = epoch + 1, note = '',
         closed_by = CASE WHEN state = 'closed' THEN closed_by ELSE 'erased' END
   WHERE contact_id = contact;
  UPDATE outbound.contacts SET name = '', external_id = NULL, attributes = '{}', erased_at = coalesce(erased_at, now())
   WHERE id = contact;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM platform.replies r USING platform.keys k
   WHERE r.agent = k.agent AND r.key = k.key AND k.interview = ANY (its_interviews);
  DELETE FROM outbound.answer_history WHERE interview_id = ANY (its_interviews);
  DELETE FROM outbound.answers WHERE interview_id = ANY (its_interviews);
  DELETE FROM outbound.appointments a USING outbound.cases c WHERE a.case_id = c.id AND c.contact_id = contact;
  UPDATE outbound.attempts a SET note = '' FROM outbound.cases c WHERE a.case_id = c.id AND c.contact_id = contact;
  UPDATE outbound.do_not_call d SET reason = NULL
    FROM outbound.phones p WHERE p.contact_id = contact AND d.number_index = p.number_index AND d.reason IS NOT NULL;
  DELETE FROM outbound.phones WHERE contact_id = contact;
  RETURN true;
END
$$;
COMMENT ON FUNCTION outbound.erase_contact IS
  'Removes everything that tells who a contact was and what they said; the bare row and the tombstones stay. False: unknown.';

GRANT EXECUTE ON FUNCTION outbound.calling_of, outbound.part_at, outbound.next_opening, outbound.parts_left,
  outbound.numbers_left, outbound.full_cells, outbound.why_not, outbound.callable_at, outbound.slots
  TO waihu_scripts, waihu_admin;
GRANT EXECUTE ON FUNCTION outbound.take_places, outbound.queue_state TO waihu_scripts;
GRANT EXECUTE ON FUNCTION outbound.queue_state, outbound.replan, outbound.erase_contact, outbound.cells_of TO waihu_admin;
