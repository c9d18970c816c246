-- The agent's desk: in which state agents are and were, what they say of a question, interviews laid aside half-way.
-- Times come from the app's own process, never from an agent's machine, and are kept within what the database knows.

CREATE SCHEMA desk;
GRANT USAGE ON SCHEMA desk TO waihu_scripts, waihu_admin;

CREATE TABLE desk.states (
  code         text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  kind         text NOT NULL CHECK (kind IN ('ready', 'talking', 'wrap_up', 'break', 'training', 'signed_out')),
  title_zh     text NOT NULL,
  title_en     text NOT NULL,
  position     smallint NOT NULL DEFAULT 0,
  offered      boolean NOT NULL DEFAULT false,
  most_minutes integer CHECK (most_minutes > 0)
);
COMMENT ON TABLE desk.states IS
  'States that an agent can be in. `offered`: the agent may choose it (reasons of breaks); `most_minutes`: how long it should last.';
INSERT INTO desk.states (code, kind, title_zh, title_en, position, offered, most_minutes) VALUES
  ('ready',      'ready',      '就绪',     'Ready',          0, true,  NULL),
  ('talking',    'talking',    '通话中',   'Talking',        0, false, NULL),
  ('wrap_up',    'wrap_up',    '话后整理', 'Wrap-up',        0, false, NULL),
  ('rest',       'break',      '小休',     'Short break',    1, true,  15),
  ('lunch',      'break',      '午餐',     'Lunch',          2, true,  60),
  ('meeting',    'break',      '开会',     'Meeting',        3, true,  NULL),
  ('technical',  'break',      '设备故障', 'Technical problem', 4, true, NULL),
  ('training',   'training',   '培训',     'Training',       5, true,  NULL),
  ('signed_out', 'signed_out', '已退出',   'Signed out',     0, false, NULL);

CREATE TABLE desk.rules (
  campaign             text PRIMARY KEY DEFAULT '',
  timezone             text NOT NULL DEFAULT 'Asia/Shanghai',
  park_minutes         integer NOT NULL DEFAULT 1440 CHECK (park_minutes BETWEEN 1 AND 44640),
  others_after_minutes integer DEFAULT 30 CHECK (others_after_minutes >= 0)
);
COMMENT ON TABLE desk.rules IS
  'The desk''s rules; campaign '''' is for all without a row of their own. `timezone`: where "today" is. `park_minutes`: how '
  'long a parked interview waits before its case is called anew. `others_after_minutes`: when another agent may go on with '
  'it; NULL: never.';
INSERT INTO desk.rules (campaign) VALUES ('');

CREATE TABLE desk.agent_states (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  agent       text NOT NULL,
  campaign    text NOT NULL,
  state       text NOT NULL REFERENCES desk.states,
  since       timestamptz NOT NULL,
  until       timestamptz,
  seen_at     timestamptz NOT NULL DEFAULT now(),
  interview   uuid,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CHECK (until >= since)
);
COMMENT ON TABLE desk.agent_states IS
  'What agents did, without gaps while their desk was open: the row without `until` is the present one. `seen_at`: when the '
  'desk was last heard of; a desk that fell silent ends its state there.';
CREATE UNIQUE INDEX one_state_at_a_time ON desk.agent_states (agent) WHERE until IS NULL;
CREATE INDEX agent_states_of ON desk.agent_states (agent, since);
CREATE INDEX agent_states_since ON desk.agent_states (campaign, since);

CREATE TABLE desk.question_reports (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign    text NOT NULL,
  release     text NOT NULL,
  node        text NOT NULL,
  place       text NOT NULL DEFAULT '',
  language    text NOT NULL DEFAULT '',
  agent       text NOT NULL,
  interview   uuid,
  comment     text NOT NULL DEFAULT '' CHECK (length(comment) <= 2000),
  reported_at timestamptz NOT NULL DEFAULT now(),
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  answer      text NOT NULL DEFAULT '' CHECK (length(answer) <= 2000),
  closed_by   text,
  closed_at   timestamptz
);
COMMENT ON TABLE desk.question_reports IS '"Something is wrong with this question": which node of which release, as an agent said it.';
CREATE INDEX question_reports_open ON desk.question_reports (campaign, reported_at) WHERE state = 'open';

CREATE TABLE desk.parked_interviews (
  interview  uuid PRIMARY KEY REFERENCES outbound.interviews ON DELETE CASCADE,
  campaign   text NOT NULL,
  case_id    uuid NOT NULL REFERENCES outbound.cases ON DELETE CASCADE,
  epoch      bigint NOT NULL,
  agent      text NOT NULL,
  release    text NOT NULL,
  state      text NOT NULL,
  place      text NOT NULL DEFAULT '',
  title      text NOT NULL DEFAULT '',
  progress   real NOT NULL DEFAULT 0,
  note       text NOT NULL DEFAULT '',
  parked_at  timestamptz NOT NULL DEFAULT now(),
  times      integer NOT NULL DEFAULT 1,
  resumed_by text,
  resumed_at timestamptz
);
COMMENT ON TABLE desk.parked_interviews IS
  'Interviews suspended half-way, with the state that they go on from. One can be resumed while nobody has taken its case in '
  'a later epoch and the interview has not ended.';
CREATE INDEX parked_interviews_case ON desk.parked_interviews (case_id);
CREATE INDEX parked_interviews_of ON desk.parked_interviews (campaign, parked_at);

-- The state holds answers: it goes when the contact is erased, and when the interview has ended.
CREATE FUNCTION desk.forget_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE desk.question_reports r SET comment = ''
    FROM outbound.interviews i JOIN outbound.cases c ON c.id = i.case_id
   WHERE r.interview = i.id AND c.contact_id = NEW.id;
  DELETE FROM desk.parked_interviews p USING outbound.cases c WHERE p.case_id = c.id AND c.contact_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER forget_erased AFTER UPDATE OF erased_at ON outbound.contacts
  FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION desk.forget_erased();

CREATE FUNCTION desk.forget_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  DELETE FROM desk.parked_interviews p WHERE p.interview = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER forget_ended AFTER UPDATE OF ended_at ON outbound.interviews
  FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION desk.forget_ended();

-- The agent's own day in every campaign of this cell: row-level security shows scripts one campaign at a time.
CREATE FUNCTION desk.my_day(
  OUT attempts bigint, OUT interviews bigint, OUT refusals bigint,
  OUT ready_seconds bigint, OUT talk_seconds bigint, OUT wrap_seconds bigint, OUT break_seconds bigint,
  OUT training_seconds bigint, OUT state text, OUT state_seconds bigint,
  OUT appointment_at timestamptz, OUT appointment_name text, OUT appointment_timezone text, OUT appointment_campaign text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  me text := (platform.current_claim()).agent;
  zone text := (SELECT r.timezone FROM desk.rules r WHERE r.campaign = '');
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
   WHERE f.agent = me AND f.state = 'open' AND f.at > now() - interval '10 minutes' AND c.state <> 'closed'
   ORDER BY f.at LIMIT 1;
END
$$;
COMMENT ON FUNCTION desk.my_day IS 'Figures of today, present state and next appointment of the agent who acts.';
CREATE INDEX appointments_of_agent ON outbound.appointments (agent, at) WHERE state = 'open';

-- Going on with a parked interview moves case, attempt and answers to whoever goes on: no script may do that by itself.
CREATE FUNCTION desk.resume_interview(parked uuid)
RETURNS TABLE (interview uuid, release text, state text, place text, epoch bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  who record := platform.current_claim();
  held record;
BEGIN
  SELECT p.*, c.epoch AS case_epoch, c.holder, c.lease_until, i.ended_at INTO held
    FROM desk.parked_interviews p
    JOIN outbound.cases c ON c.id = p.case_id
    JOIN outbound.interviews i ON i.id = p.interview
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
COMMENT ON FUNCTION desk.resume_interview IS
  'Gives a parked interview, with its case in a new epoch, to the agent who acts; no row where that may not be.';
GRANT EXECUTE ON FUNCTION desk.my_day, desk.resume_interview TO waihu_scripts;

-- What scripts may touch ------------------------------------------------------------------------------------------------

GRANT SELECT ON desk.states, desk.rules TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (until, seen_at) ON desk.agent_states TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (state, answer, closed_by, closed_at) ON desk.question_reports TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE (epoch, agent, release, state, place, title, progress, note, parked_at, times)
  ON desk.parked_interviews TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA desk TO waihu_admin;

DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'desk' LOOP
    EXECUTE format('ALTER TABLE desk.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE desk.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner ON desk.%I TO waihu_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY admin ON desk.%I TO waihu_admin USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

CREATE POLICY reading ON desk.states FOR SELECT TO waihu_scripts
  USING ((SELECT (platform.current_claim()).agent) IS NOT NULL);
CREATE POLICY reading ON desk.rules FOR SELECT TO waihu_scripts
  USING (campaign IN ('', (SELECT (platform.current_claim()).campaign)) AND (SELECT (platform.current_claim()).agent) IS NOT NULL);

CREATE POLICY reading ON desk.agent_states FOR SELECT TO waihu_scripts
  USING (agent = (SELECT (platform.current_claim()).agent)
         OR campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));
CREATE POLICY adding ON desk.agent_states FOR INSERT TO waihu_scripts
  WITH CHECK (agent = (SELECT (platform.current_claim()).agent) AND campaign = (SELECT (platform.current_claim()).campaign));
CREATE POLICY changing ON desk.agent_states FOR UPDATE TO waihu_scripts
  USING (agent = (SELECT (platform.current_claim()).agent));

CREATE POLICY reading ON desk.question_reports FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign)
         AND (agent = (SELECT (platform.current_claim()).agent) OR (SELECT platform.supervises())));
CREATE POLICY adding ON desk.question_reports FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent)
              AND state = 'open');
CREATE POLICY changing ON desk.question_reports FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign) AND (SELECT platform.supervises()));

CREATE POLICY reading ON desk.parked_interviews FOR SELECT TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign));
CREATE POLICY adding ON desk.parked_interviews FOR INSERT TO waihu_scripts
  WITH CHECK (campaign = (SELECT (platform.current_claim()).campaign) AND agent = (SELECT (platform.current_claim()).agent));
CREATE POLICY changing ON desk.parked_interviews FOR UPDATE TO waihu_scripts
  USING (campaign = (SELECT (platform.current_claim()).campaign))
  WITH CHECK (agent = (SELECT (platform.current_claim()).agent));
