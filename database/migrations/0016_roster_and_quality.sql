-- Two businesses by scripts alone: a roster of shifts, and the quality of interviews. Tables and what may be seen of them;
-- what is done with them is SQL in their packs.

CREATE SCHEMA roster;
GRANT USAGE ON SCHEMA roster TO waihu_scripts, waihu_admin;

CREATE TABLE roster.shifts (
  id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign text NOT NULL,
  begins   timestamptz NOT NULL,
  ends     timestamptz NOT NULL,
  agent    text,
  added_by text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  CHECK (ends > begins AND ends <= begins + interval '16 hours')
);
COMMENT ON TABLE roster.shifts IS 'Who works when; a shift without an agent is open to whoever takes it.';
CREATE INDEX shifts_begins ON roster.shifts (campaign, begins);
CREATE INDEX shifts_agent ON roster.shifts (agent, begins) WHERE agent IS NOT NULL;

CREATE TABLE roster.offers (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign   text NOT NULL,
  shift      uuid NOT NULL REFERENCES roster.shifts ON DELETE CASCADE,
  agent      text NOT NULL,
  reason     text NOT NULL DEFAULT '',
  offered_at timestamptz NOT NULL DEFAULT now(),
  state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'withdrawn')),
  taken_by   text,
  settled_at timestamptz
);
COMMENT ON TABLE roster.offers IS 'Shifts that their agents would give away, and who took them: the history of swaps.';
CREATE UNIQUE INDEX one_open_offer ON roster.offers (shift) WHERE state = 'open';

-- Nobody is in two places: kept here, so that two takings at one moment cannot both succeed.
CREATE FUNCTION roster.one_shift_at_a_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('roster'), hashtext(NEW.agent));
  IF EXISTS (SELECT FROM roster.shifts s
              WHERE s.agent = NEW.agent AND s.id <> NEW.id AND s.begins < NEW.ends AND s.ends > NEW.begins) THEN
    RAISE EXCEPTION 'the agent has another shift at that time' USING ERRCODE = '23P01', CONSTRAINT = 'one_shift_at_a_time';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER one_shift_at_a_time BEFORE INSERT OR UPDATE OF agent, begins, ends ON roster.shifts
  FOR EACH ROW WHEN (NEW.agent IS NOT NULL) EXECUTE FUNCTION roster.one_shift_at_a_time();

GRANT SELECT, INSERT, UPDATE (agent) ON roster.shifts TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (state, taken_by, settled_at) ON roster.offers TO waihu_scripts;

CREATE SCHEMA quality;
GRANT USAGE ON SCHEMA quality TO waihu_scripts, waihu_admin;

CREATE TABLE quality.scores (
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  scorer       text NOT NULL,
  campaign     text NOT NULL,
  agent        text NOT NULL,
  score        integer NOT NULL CHECK (score BETWEEN 0 AND 100),
  critical     boolean NOT NULL,
  marks        jsonb NOT NULL,
  comment      text NOT NULL DEFAULT '',
  scored_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (interview_id, scorer)
);
COMMENT ON TABLE quality.scores IS 'How well an interview was held, out of 100, as a supervisor heard it; `campaign` is that of the form.';
CREATE INDEX scores_agent ON quality.scores (agent, scored_at);

-- The form is a campaign of its own, and row-level security shows one campaign at a time: what a supervisor may know of
-- other campaigns' interviews comes from here, for those campaigns that their session names.
CREATE FUNCTION quality.next_interview(about text) RETURNS TABLE (
  id uuid, campaign text, agent text, started_at timestamptz, minutes integer, outcome text, answered bigint, changed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.id, i.campaign, i.agent, i.started_at, CAST(ceil(extract(epoch FROM i.ended_at - i.started_at) / 60) AS integer),
         coalesce(i.outcome, ''),
         (SELECT count(*) FROM outbound.answers a WHERE a.interview_id = i.id AND a.on_path),
         (SELECT count(*) FROM outbound.answer_history h WHERE h.interview_id = i.id AND h.old_value IS NOT NULL)
    FROM outbound.interviews i
   WHERE platform.supervises() AND i.campaign = about AND i.ended_at > now() - interval '7 days'
     AND i.outcome IN ('1.1', '1.2') AND i.agent <> platform.current_agent()
     AND NOT EXISTS (SELECT FROM quality.scores s WHERE s.interview_id = i.id)
   -- Whoever was listened to least, and of theirs any.
   ORDER BY (SELECT count(*) FROM quality.scores s WHERE s.agent = i.agent AND s.scored_at > now() - interval '7 days'), random()
   LIMIT 1
$$;
COMMENT ON FUNCTION quality.next_interview IS 'An interview of campaign `about` to be scored next; no row where there is none, or nobody supervises.';
GRANT EXECUTE ON FUNCTION quality.next_interview TO waihu_scripts;
GRANT SELECT, INSERT ON quality.scores TO waihu_scripts;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA roster, quality TO waihu_admin;

DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT schemaname AS place, tablename AS name FROM pg_tables WHERE schemaname IN ('roster', 'quality') LOOP
    EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', one.place, one.name);
    EXECUTE format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', one.place, one.name);
    EXECUTE format('CREATE POLICY owner ON %I.%I TO waihu_owner USING (true) WITH CHECK (true)', one.place, one.name);
    EXECUTE format('CREATE POLICY admin ON %I.%I TO waihu_admin USING (true) WITH CHECK (true)', one.place, one.name);
  END LOOP;
END
$$;

-- Everybody on the roster sees it; an agent moves only their own shift, or takes one that is open or offered.
CREATE POLICY reading ON roster.shifts FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign));
CREATE POLICY adding ON roster.shifts FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises())
              AND added_by = (SELECT (platform.current_claim()).agent));
CREATE POLICY changing ON roster.shifts FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent IS NULL OR (SELECT platform.supervises())
              OR EXISTS (SELECT FROM roster.offers o WHERE o.shift = shifts.id AND o.state = 'open')))
  WITH CHECK (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises()));
CREATE POLICY reading ON roster.offers FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign));
CREATE POLICY adding ON roster.offers FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM roster.shifts s
                           WHERE s.id = shift AND s.agent = (SELECT (platform.current_claim()).agent)));
CREATE POLICY changing ON roster.offers FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign))
  WITH CHECK (taken_by = (SELECT (platform.current_claim()).agent) OR agent = (SELECT (platform.current_claim()).agent));

CREATE POLICY reading ON quality.scores FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));
CREATE POLICY adding ON quality.scores FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises())
              AND scorer = (SELECT (platform.current_claim()).agent));
