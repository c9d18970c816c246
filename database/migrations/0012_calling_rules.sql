-- Whom to call, when and by whom: what a campaign may set, what cases carry of it, and what is counted.

-- The business's clock ---------------------------------------------------------------------------------------------

-- Without a row, time is the server's. A simulation's database gets one; no role that signs in may write it.
CREATE TABLE platform.clock (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  at       timestamptz NOT NULL
);
COMMENT ON TABLE platform.clock IS 'Where a simulation''s clock stands. Empty wherever people work.';

CREATE FUNCTION platform.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce((SELECT c.at FROM platform.clock c), now());
END
$$;
COMMENT ON FUNCTION platform.now IS 'The time by which the business goes: the transaction''s, except in a simulation.';
GRANT EXECUTE ON FUNCTION platform.now TO waihu_scripts, waihu_admin;

ALTER TABLE outbound.interviews ALTER started_at SET DEFAULT platform.now();
ALTER TABLE outbound.attempts ALTER started_at SET DEFAULT platform.now();
ALTER TABLE outbound.appointments ALTER made_at SET DEFAULT platform.now();
ALTER TABLE outbound.do_not_call ALTER added_at SET DEFAULT platform.now();

-- What a campaign sets ----------------------------------------------------------------------------------------------

CREATE TABLE outbound.calling (
  campaign          text PRIMARY KEY,
  max_attempts      integer NOT NULL DEFAULT 12 CHECK (max_attempts > 0),
  max_per_number    integer CHECK (max_per_number > 0),
  max_per_day       integer CHECK (max_per_day > 0),
  max_per_part      integer CHECK (max_per_part > 0),
  spread            integer CHECK (spread >= 0),
  gap_minutes       integer NOT NULL DEFAULT 0 CHECK (gap_minutes >= 0),
  lease_seconds     integer NOT NULL DEFAULT 55 CHECK (lease_seconds BETWEEN 20 AND 3600),
  hard_wait_minutes integer NOT NULL DEFAULT 10 CHECK (hard_wait_minutes >= 0),
  late_minutes      integer NOT NULL DEFAULT 15 CHECK (late_minutes >= 0),
  slot_minutes      integer NOT NULL DEFAULT 30 CHECK (slot_minutes BETWEEN 5 AND 240),
  slot_places       integer NOT NULL DEFAULT 10 CHECK (slot_places > 0),
  sha256            text NOT NULL DEFAULT '',
  applied_at        timestamptz NOT NULL DEFAULT now(),
  applied_by        text NOT NULL DEFAULT ''
);
COMMENT ON TABLE outbound.calling IS 'How a campaign calls; row '''' is what holds where a campaign has set nothing. NULL: no such rule.';
INSERT INTO outbound.calling (campaign) VALUES ('');

CREATE TABLE outbound.windows (
  campaign text NOT NULL,
  weekday  smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens    time NOT NULL,
  closes   time NOT NULL,
  PRIMARY KEY (campaign, weekday, opens),
  CHECK (opens < closes)
);
COMMENT ON TABLE outbound.windows IS 'When a contact may be called, by the clock where the contact lives; 1 is Monday. A campaign without any calls at all hours.';

CREATE TABLE outbound.holidays (
  campaign text NOT NULL,
  day      date NOT NULL,
  name     text NOT NULL DEFAULT '',
  PRIMARY KEY (campaign, day)
);
COMMENT ON TABLE outbound.holidays IS 'Days without calls, by the contact''s calendar; campaign '''' for all.';

CREATE TABLE outbound.day_parts (
  campaign text NOT NULL,
  number   smallint NOT NULL CHECK (number BETWEEN 1 AND 15),
  name     text NOT NULL,
  weekdays smallint[] NOT NULL,
  begins   time NOT NULL,
  ends     time NOT NULL,
  PRIMARY KEY (campaign, number),
  CHECK (begins < ends)
);
COMMENT ON TABLE outbound.day_parts IS 'Parts of the week over which a contact''s calls are spread. Part 0 is any other time.';

ALTER TABLE outbound.outcomes
  ADD next_number boolean NOT NULL DEFAULT false,
  ADD other_agent boolean NOT NULL DEFAULT false,
  ADD times       integer CHECK (times > 0),
  ADD skill       text;
COMMENT ON COLUMN outbound.outcomes.times IS 'How often it may come before it is final all the same; NULL: any number of times.';
COMMENT ON COLUMN outbound.outcomes.skill IS 'Who calls next must have this skill.';
ALTER TABLE outbound.campaign_outcomes
  ADD next_number boolean,
  ADD other_agent boolean,
  ADD times       integer CHECK (times > 0),
  ADD skill       text;
UPDATE outbound.outcomes SET next_number = true WHERE code IN ('2.22', '2.221', '3.13', '3.14', '3.15', '3.161', '4.33');
UPDATE outbound.outcomes SET other_agent = true WHERE code IN ('2.111', '2.33', '2.331', '2.332', '2.333');
UPDATE outbound.outcomes SET times = 1 WHERE code = '2.111';
UPDATE outbound.outcomes SET times = 3 WHERE code IN ('2.33', '2.331', '2.332', '2.333');

-- Quotas ------------------------------------------------------------------------------------------------------------

CREATE TABLE outbound.quotas (
  campaign text NOT NULL,
  id       text NOT NULL,
  source   text NOT NULL CHECK (source IN ('attribute', 'answer')),
  PRIMARY KEY (campaign, id)
);
COMMENT ON TABLE outbound.quotas IS 'What interviews are counted by: attributes of the sample, or answers.';

CREATE TABLE outbound.quota_cells (
  id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign text NOT NULL,
  quota    text NOT NULL,
  name     text NOT NULL,
  match    jsonb NOT NULL CHECK (jsonb_typeof(match) = 'object'),
  target   integer NOT NULL CHECK (target >= 0),
  complete integer NOT NULL DEFAULT 0,
  running  integer NOT NULL DEFAULT 0,
  UNIQUE (campaign, quota, name),
  FOREIGN KEY (campaign, quota) REFERENCES outbound.quotas ON DELETE CASCADE
);
COMMENT ON TABLE outbound.quota_cells IS 'Full when complete and running interviews reach the target; counted by the tables themselves. `match`: name -> value.';

CREATE TABLE outbound.quota_places (
  case_id      uuid NOT NULL REFERENCES outbound.cases ON DELETE CASCADE,
  cell         integer NOT NULL REFERENCES outbound.quota_cells ON DELETE CASCADE,
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  campaign     text NOT NULL,
  complete     boolean NOT NULL DEFAULT false,
  PRIMARY KEY (case_id, cell)
);
COMMENT ON TABLE outbound.quota_places IS 'Places that interviews took in cells of quotas by answer.';

-- Contacts, numbers, what was forgotten ---------------------------------------------------------------------------

CREATE TABLE outbound.imports (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign    text NOT NULL,
  file        text NOT NULL,
  sha256      text NOT NULL,
  contacts    integer NOT NULL DEFAULT 0,
  left_out    integer NOT NULL DEFAULT 0,
  refused     integer NOT NULL DEFAULT 0,
  imported_at timestamptz NOT NULL DEFAULT now(),
  imported_by text NOT NULL DEFAULT ''
);
COMMENT ON TABLE outbound.imports IS 'Files of contacts that were imported, each whole or not at all.';
ALTER TABLE outbound.contacts ADD import_id uuid REFERENCES outbound.imports;

ALTER TABLE outbound.phones
  ADD region   text NOT NULL DEFAULT '',
  ADD set_back integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN outbound.phones.set_back IS 'Numbers are tried by this, then by position: an outcome that asks for the next number raises it.';

CREATE TABLE outbound.erasures (
  contact_id   uuid NOT NULL,
  number_index bytea NOT NULL CHECK (octet_length(number_index) = 32),
  campaign     text NOT NULL,
  erased_at    timestamptz NOT NULL DEFAULT now(),
  erased_by    text NOT NULL DEFAULT '',
  reason       text NOT NULL DEFAULT '',
  PRIMARY KEY (contact_id, number_index)
);
COMMENT ON TABLE outbound.erasures IS 'Tombstones: that somebody with this number (by blind index) was erased, so that no file brings them back unseen.';
CREATE INDEX erasures_number ON outbound.erasures (number_index);

ALTER TABLE outbound.attempts
  ADD part      smallint,
  ADD local_day date,
  ADD lost      boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outbound.attempts.part IS 'Part of the week and day, where the contact lives, in which it began (filled in by the table).';
COMMENT ON COLUMN outbound.attempts.lost IS 'Its agent was gone before it ended; whoever took the case next went on with it, and it does not count.';
CREATE INDEX attempts_case ON outbound.attempts (case_id);

-- Cases and their lanes ---------------------------------------------------------------------------------------------

-- All cases of a lane are alike in what is asked before one is taken: whose language, where, which cells, which parts of
-- the week. So a claim decides about lanes (some dozens) and then reads the first case of one from an index.
CREATE TABLE outbound.lanes (
  id       bigint PRIMARY KEY,
  campaign text NOT NULL,
  held     boolean NOT NULL,
  agreed   boolean NOT NULL,
  priority integer NOT NULL,
  weight   integer NOT NULL,
  timezone text NOT NULL,
  language text NOT NULL,
  skills   text[] NOT NULL,
  cells    integer[] NOT NULL,
  parts    integer NOT NULL
);
COMMENT ON TABLE outbound.lanes IS 'Kinds of cases that a claim treats alike; `id` is the hash of the rest. `parts`: bits of the day parts in which they may be called.';
CREATE INDEX lanes_campaign ON outbound.lanes (campaign);

ALTER TABLE outbound.cases
  ALTER max_attempts DROP NOT NULL,
  ALTER max_attempts SET DEFAULT NULL,
  ADD weight        integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100),
  ADD language      text,
  ADD timezone      text,
  ADD skills        text[] NOT NULL DEFAULT '{}',
  ADD cells         integer[] NOT NULL DEFAULT '{}',
  ADD parts         integer,
  ADD agreed_at     timestamptz,
  ADD agreed_agent  text,
  ADD avoid         text,
  ADD barred_until  timestamptz,
  ADD callable_from timestamptz,
  ADD lane          bigint,
  ADD closed_by     text CHECK (closed_by IN ('outcome', 'times', 'attempts', 'numbers', 'parts', 'erased', 'person'));
COMMENT ON COLUMN outbound.cases.callable_from IS 'Not before: the later of `due_at` and `barred_until`; of a held case the end of its lease (filled in by the table).';
COMMENT ON COLUMN outbound.cases.avoid IS 'Agent who shall not be given it again.';
UPDATE outbound.cases SET max_attempts = NULL WHERE max_attempts = 12;

GRANT SELECT ON outbound.calling, outbound.windows, outbound.holidays, outbound.day_parts, outbound.quotas,
  outbound.quota_cells, outbound.quota_places, outbound.lanes TO waihu_scripts;
GRANT UPDATE (weight, language, skills, agreed_at, agreed_agent, avoid, closed_by) ON outbound.cases TO waihu_scripts;
GRANT UPDATE (set_back) ON outbound.phones TO waihu_scripts;
GRANT UPDATE (lost) ON outbound.attempts TO waihu_scripts;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbound.calling, outbound.windows, outbound.holidays, outbound.day_parts,
  outbound.quotas, outbound.quota_cells, outbound.quota_places, outbound.imports, outbound.lanes TO waihu_admin;
GRANT SELECT ON outbound.erasures TO waihu_admin;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['calling', 'windows', 'holidays', 'day_parts', 'quotas', 'quota_cells', 'quota_places',
                              'imports', 'erasures', 'lanes'] LOOP
    EXECUTE format('ALTER TABLE outbound.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE outbound.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner ON outbound.%I TO waihu_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY admin ON outbound.%I TO waihu_admin USING (true) WITH CHECK (true)', name);
  END LOOP;
  -- Settings are the campaign's, or those of all campaigns.
  FOREACH name IN ARRAY ARRAY['calling', 'windows', 'holidays', 'day_parts', 'quotas', 'quota_cells', 'quota_places',
                              'lanes'] LOOP
    EXECUTE format('CREATE POLICY reading ON outbound.%I FOR SELECT TO waihu_scripts USING '
                   '(campaign = (SELECT (platform.current_claim()).campaign) '
                   'OR campaign = '''' AND (SELECT (platform.current_claim()).agent) IS NOT NULL)', name);
  END LOOP;
END
$$;
