-- What supervisors see and say: counts of cases, messages, how long questions took, coding of open answers.

CREATE SCHEMA supervision;
GRANT USAGE ON SCHEMA supervision TO waihu_scripts, waihu_admin;

-- Counts of all cases, taken now and then by whoever looks: a page shows them at once, whatever the number of cases, and
-- no agent's work waits for a counter.
CREATE TABLE supervision.counts (
  campaign text NOT NULL,
  outcome  text NOT NULL,
  state    text NOT NULL,
  attempts integer NOT NULL,
  cases    bigint NOT NULL,
  PRIMARY KEY (campaign, outcome, state, attempts)
);
COMMENT ON TABLE supervision.counts IS
  'Cases by where they stand (AAPOR code; '''' before the first call), state and number of attempts (20: 20 or more).';
CREATE TABLE supervision.counted (
  campaign     text PRIMARY KEY,
  at           timestamptz NOT NULL,
  milliseconds integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE supervision.counted IS 'When the counts of a campaign were taken last, and how long that took.';
-- A refusal stays one though nobody answers the next call: found without reading every attempt.
CREATE INDEX attempts_refused ON outbound.attempts (campaign, case_id) WHERE outcome >= '2.1' AND outcome < '2.2';

CREATE FUNCTION supervision.count_cases(oldest_seconds integer) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  whose text := platform.current_campaign();
  last timestamptz;
  begun timestamptz := clock_timestamp();
BEGIN
  IF NOT platform.supervises() THEN
    RAISE EXCEPTION 'only a supervisor counts cases' USING ERRCODE = '42501';
  END IF;
  INSERT INTO supervision.counted (campaign, at) VALUES (whose, '-infinity') ON CONFLICT DO NOTHING;
  -- One counts, the others show what there is.
  SELECT c.at INTO last FROM supervision.counted c WHERE c.campaign = whose FOR UPDATE SKIP LOCKED;
  IF NOT FOUND OR last > now() - make_interval(secs => oldest_seconds) THEN
    RETURN last;
  END IF;
  DELETE FROM supervision.counts c WHERE c.campaign = whose;
  INSERT INTO supervision.counts (campaign, outcome, state, attempts, cases)
  SELECT whose, t.stands, t.state, t.attempts, count(*)
    FROM (SELECT CASE WHEN c.attempts > 1 AND r.case_id IS NOT NULL
                       AND (c.outcome IS NULL OR c.outcome >= '2.2' AND c.outcome < '2.3' OR c.outcome >= '3' AND c.outcome < '4'
                            OR c.outcome >= '5') THEN '2.10' ELSE coalesce(c.outcome, '') END AS stands,
                 c.state, least(c.attempts, 20) AS attempts
            FROM outbound.cases c
            LEFT JOIN (SELECT DISTINCT a.case_id FROM outbound.attempts a
                        WHERE a.campaign = whose AND a.outcome >= '2.1' AND a.outcome < '2.2') r ON r.case_id = c.id
           WHERE c.campaign = whose) t
   GROUP BY t.stands, t.state, t.attempts;
  UPDATE supervision.counted c
     SET at = now(), milliseconds = extract(milliseconds FROM clock_timestamp() - begun) WHERE c.campaign = whose;
  RETURN now();
END
$$;
COMMENT ON FUNCTION supervision.count_cases IS
  'Counts the campaign''s cases anew if the counts are older than this; gives when they were taken. 42501: no supervisor.';
GRANT EXECUTE ON FUNCTION supervision.count_cases TO waihu_scripts;

CREATE TABLE supervision.messages (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign   text NOT NULL,
  sender     text NOT NULL,
  agent      text NOT NULL DEFAULT '',
  words      text NOT NULL CHECK (length(words) BETWEEN 1 AND 1000),
  sent_at    timestamptz NOT NULL DEFAULT now(),
  ends_at    timestamptz NOT NULL DEFAULT now() + interval '12 hours'
);
COMMENT ON TABLE supervision.messages IS 'What a supervisor tells an agent, or (agent '''') everybody on the campaign; shown until it ends or was read.';
CREATE INDEX messages_sent ON supervision.messages (campaign, sent_at);

CREATE TABLE supervision.readings (
  message uuid NOT NULL REFERENCES supervision.messages ON DELETE CASCADE,
  agent   text NOT NULL,
  read_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (message, agent)
);
COMMENT ON TABLE supervision.readings IS 'Who has read which message.';

CREATE TABLE supervision.paradata (
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  place        text NOT NULL,
  campaign     text NOT NULL,
  entered      integer NOT NULL,
  departed     integer NOT NULL,
  changed      integer NOT NULL,
  confirmed    integer NOT NULL,
  milliseconds bigint NOT NULL,
  first_at     timestamptz,
  PRIMARY KEY (interview_id, place)
);
COMMENT ON TABLE supervision.paradata IS 'How often each screen of an interview was entered, left, changed and confirmed, and for how long it stood.';

-- Open answers -----------------------------------------------------------------------------------------------------------

CREATE TABLE supervision.frames (
  campaign text NOT NULL,
  field    text NOT NULL CHECK (field <> ''),
  code     text NOT NULL CHECK (code ~ '^[A-Za-z0-9_-]{1,40}$'),
  title    text NOT NULL DEFAULT '',
  back     boolean NOT NULL DEFAULT false,
  retired  boolean NOT NULL DEFAULT false,
  added_by text NOT NULL DEFAULT '',
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (campaign, field, code)
);
COMMENT ON TABLE supervision.frames IS
  'Coding frames: the codes of an open answer. `back`: the code is an option of the question whose "other" this is.';

CREATE TABLE supervision.codings (
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  field        text NOT NULL,
  round        text NOT NULL DEFAULT '',
  coder        text NOT NULL,
  campaign     text NOT NULL,
  code         text NOT NULL,
  final        boolean NOT NULL DEFAULT false,
  coded_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (interview_id, field, round, coder, final),
  FOREIGN KEY (campaign, field, code) REFERENCES supervision.frames
);
COMMENT ON TABLE supervision.codings IS
  'Which code each coder gave an open answer, without seeing the other''s. A `final` row is what counts where they '
  'disagreed.';
CREATE INDEX codings_of ON supervision.codings (campaign, field);
CREATE UNIQUE INDEX one_final_code ON supervision.codings (interview_id, field, round) WHERE final;

-- What was coded is personal no longer than its answer.
CREATE FUNCTION supervision.forget_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM supervision.codings c
   WHERE c.interview_id = OLD.interview_id AND c.field = OLD.field AND c.round = OLD.round;
  RETURN NULL;
END
$$;
CREATE TRIGGER forget_answer AFTER DELETE ON outbound.answers
  FOR EACH ROW EXECUTE FUNCTION supervision.forget_answer();

-- What scripts may touch ------------------------------------------------------------------------------------------------

GRANT SELECT ON supervision.counts, supervision.counted TO waihu_scripts;
GRANT SELECT, INSERT ON supervision.messages, supervision.readings TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (entered, departed, changed, confirmed, milliseconds) ON supervision.paradata TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (title, back, retired) ON supervision.frames TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (code, coder, coded_at) ON supervision.codings TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA supervision TO waihu_admin;

DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'supervision' LOOP
    EXECUTE format('ALTER TABLE supervision.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE supervision.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner ON supervision.%I TO waihu_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY admin ON supervision.%I TO waihu_admin USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['counts', 'counted', 'frames'] LOOP
    EXECUTE format('CREATE POLICY reading ON supervision.%I FOR SELECT TO waihu_scripts USING '
                   '(campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()))', name);
  END LOOP;
END
$$;

CREATE POLICY reading ON supervision.messages FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent IN ('', (SELECT (platform.current_claim()).agent)) OR (SELECT platform.supervises())));
CREATE POLICY adding ON supervision.messages FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND sender = (SELECT (platform.current_claim()).agent)
              AND (SELECT platform.supervises()));
CREATE POLICY reading ON supervision.readings FOR SELECT TO waihu_scripts
  USING (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises()));
CREATE POLICY adding ON supervision.readings FOR INSERT TO waihu_scripts
  WITH CHECK (agent = (SELECT (platform.current_claim()).agent)
              AND EXISTS (SELECT FROM supervision.messages m WHERE m.id = readings.message));

CREATE POLICY reading ON supervision.paradata FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND ((SELECT platform.supervises())
              OR EXISTS (SELECT FROM outbound.interviews i WHERE i.id = paradata.interview_id
                           AND i.agent = (SELECT (platform.current_claim()).agent))));
CREATE POLICY adding ON supervision.paradata FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign)
              AND EXISTS (SELECT FROM outbound.interviews i WHERE i.id = paradata.interview_id
                            AND i.agent = (SELECT (platform.current_claim()).agent)));
CREATE POLICY changing ON supervision.paradata FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND EXISTS (SELECT FROM outbound.interviews i WHERE i.id = paradata.interview_id
                       AND i.agent = (SELECT (platform.current_claim()).agent)));

CREATE POLICY adding ON supervision.frames FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));
CREATE POLICY changing ON supervision.frames FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));
CREATE POLICY reading ON supervision.codings FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));
CREATE POLICY adding ON supervision.codings FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises())
              AND coder = (SELECT (platform.current_claim()).agent));
CREATE POLICY changing ON supervision.codings FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));
