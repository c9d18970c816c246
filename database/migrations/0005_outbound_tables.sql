CREATE TABLE outbound.outcomes (
  code          text PRIMARY KEY,
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  category      text NOT NULL CHECK (category IN ('interview', 'refusal', 'no_contact', 'other', 'unknown', 'not_eligible')),
  final         boolean NOT NULL,
  retry_minutes integer CHECK (retry_minutes > 0),
  number_dead   boolean NOT NULL DEFAULT false,
  contacted     boolean NOT NULL,
  CHECK (final OR retry_minutes IS NOT NULL)
);
COMMENT ON TABLE outbound.outcomes IS 'AAPOR outcomes: what each means for the case (final, or when to call again) and the number.';

CREATE TABLE outbound.campaign_outcomes (
  campaign      text NOT NULL,
  code          text NOT NULL REFERENCES outbound.outcomes,
  final         boolean NOT NULL,
  retry_minutes integer CHECK (retry_minutes > 0),
  PRIMARY KEY (campaign, code),
  CHECK (final OR retry_minutes IS NOT NULL)
);
COMMENT ON TABLE outbound.campaign_outcomes IS 'Where a campaign treats an outcome otherwise.';

CREATE TABLE outbound.agents (
  id         text PRIMARY KEY,
  name       text NOT NULL DEFAULT '',
  languages  text[] NOT NULL DEFAULT '{}',
  skills     text[] NOT NULL DEFAULT '{}',
  added_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbound.agents IS 'What is known of agents beyond their sign-in; the id is that of the session''s claims.';

CREATE TABLE outbound.contacts (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign    text NOT NULL,
  external_id text,
  name        text NOT NULL DEFAULT '',
  language    text NOT NULL DEFAULT 'zh',
  timezone    text NOT NULL DEFAULT 'Asia/Shanghai',
  attributes  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
  added_at    timestamptz NOT NULL DEFAULT now(),
  erased_at   timestamptz,
  UNIQUE (campaign, external_id)
);
COMMENT ON TABLE outbound.contacts IS 'A person to call in a campaign; `external_id` is the customer''s own number for them.';

CREATE TABLE outbound.phones (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  contact_id    uuid NOT NULL REFERENCES outbound.contacts ON DELETE CASCADE,
  campaign      text NOT NULL,
  position      smallint NOT NULL DEFAULT 1,
  kind          text NOT NULL DEFAULT '',
  number_cipher bytea NOT NULL,
  number_index  bytea NOT NULL CHECK (octet_length(number_index) = 32),
  usable        boolean NOT NULL DEFAULT true,
  last_outcome  text REFERENCES outbound.outcomes,
  UNIQUE (contact_id, number_index)
);
COMMENT ON TABLE outbound.phones IS 'Numbers, encrypted by the application; `number_index` (HMAC) finds equal ones. Tried in `position` order.';
CREATE INDEX phones_number ON outbound.phones (number_index);

CREATE TABLE outbound.cases (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign        text NOT NULL,
  contact_id      uuid NOT NULL UNIQUE REFERENCES outbound.contacts ON DELETE CASCADE,
  state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'closed')),
  due_at          timestamptz NOT NULL DEFAULT now(),
  priority        integer NOT NULL DEFAULT 0,
  holder          text,
  epoch           bigint NOT NULL DEFAULT 0,
  lease_until     timestamptz,
  attempts        integer NOT NULL DEFAULT 0,
  max_attempts    integer NOT NULL DEFAULT 12,
  outcome         text REFERENCES outbound.outcomes,
  last_attempt_at timestamptz,
  note            text NOT NULL DEFAULT '',
  CHECK ((state = 'held') = (holder IS NOT NULL) AND (holder IS NULL) = (lease_until IS NULL))
);
COMMENT ON TABLE outbound.cases IS 'The work of calling a contact. Held under a lease; each taking raises `epoch`, which fences former holders off.';
CREATE INDEX cases_next ON outbound.cases (campaign, priority DESC, due_at, id) WHERE state <> 'closed';
CREATE INDEX cases_held ON outbound.cases (holder) WHERE holder IS NOT NULL;

CREATE TABLE outbound.interviews (
  id         uuid PRIMARY KEY,
  campaign   text NOT NULL,
  case_id    uuid NOT NULL REFERENCES outbound.cases ON DELETE CASCADE,
  epoch      bigint NOT NULL,
  agent      text NOT NULL,
  release    text NOT NULL,
  language   text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz,
  outcome    text REFERENCES outbound.outcomes,
  overtaken  boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE outbound.interviews IS 'One agent, one case, one release. `overtaken`: answers came after another epoch of the case had begun.';
CREATE INDEX interviews_case ON outbound.interviews (case_id);
CREATE INDEX interviews_started ON outbound.interviews (campaign, started_at);

CREATE TABLE outbound.attempts (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign     text NOT NULL,
  case_id      uuid NOT NULL REFERENCES outbound.cases ON DELETE CASCADE,
  number       integer NOT NULL,
  epoch        bigint NOT NULL,
  agent        text NOT NULL,
  interview_id uuid NOT NULL UNIQUE REFERENCES outbound.interviews ON DELETE CASCADE,
  phone_id     uuid REFERENCES outbound.phones ON DELETE SET NULL,
  started_at   timestamptz NOT NULL DEFAULT now(),
  dialled_at   timestamptz,
  ended_at     timestamptz,
  outcome      text REFERENCES outbound.outcomes,
  note         text NOT NULL DEFAULT '',
  UNIQUE (case_id, epoch)
);
COMMENT ON TABLE outbound.attempts IS 'Calls to a contact: one for each time that the case was taken.';
CREATE INDEX attempts_phone ON outbound.attempts (phone_id) WHERE phone_id IS NOT NULL;

CREATE TABLE outbound.answers (
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  field        text NOT NULL,
  round        text NOT NULL DEFAULT '',
  campaign     text NOT NULL,
  agent        text NOT NULL,
  value        jsonb,
  special      text CHECK (special IN ('dk', 'refused', 'na')),
  on_path      boolean NOT NULL DEFAULT true,
  node         text NOT NULL DEFAULT '',
  step         integer NOT NULL DEFAULT 0,
  answered_at  timestamptz NOT NULL DEFAULT now(),
  saved_at     timestamptz NOT NULL DEFAULT now(),
  overtaken    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (interview_id, field, round)
);
COMMENT ON TABLE outbound.answers IS 'What was answered, as it stands; campaign and agent are the interview''s (filled in by the table).';

CREATE TABLE outbound.answer_history (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  interview_id uuid NOT NULL REFERENCES outbound.interviews ON DELETE CASCADE,
  field        text NOT NULL,
  round        text NOT NULL,
  campaign     text NOT NULL,
  agent        text NOT NULL,
  old_value    jsonb,
  old_special  text,
  value        jsonb,
  special      text,
  on_path      boolean NOT NULL,
  node         text NOT NULL,
  step         integer NOT NULL,
  answered_at  timestamptz NOT NULL,
  saved_at     timestamptz NOT NULL,
  overtaken    boolean NOT NULL,
  late         boolean NOT NULL
);
COMMENT ON TABLE outbound.answer_history IS 'Every change of an answer, written by the table `answers` itself. `late`: came after a newer one, so it is not in force.';
CREATE INDEX answer_history_interview ON outbound.answer_history (interview_id);

CREATE TABLE outbound.appointments (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign     text NOT NULL,
  case_id      uuid NOT NULL REFERENCES outbound.cases ON DELETE CASCADE,
  interview_id uuid UNIQUE REFERENCES outbound.interviews ON DELETE CASCADE,
  agent        text NOT NULL,
  at           timestamptz NOT NULL,
  kind         text NOT NULL DEFAULT 'soft' CHECK (kind IN ('hard', 'soft')),
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'missed', 'cancelled')),
  note         text,
  made_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbound.appointments IS 'Agreed call-backs: `hard` for the agent who made it, `soft` for anyone.';
CREATE INDEX appointments_case ON outbound.appointments (case_id);
CREATE INDEX appointments_open ON outbound.appointments (campaign, at) WHERE state = 'open';

CREATE TABLE outbound.do_not_call (
  number_index bytea NOT NULL CHECK (octet_length(number_index) = 32),
  campaign     text NOT NULL DEFAULT '',
  agent        text NOT NULL DEFAULT '',
  source       text NOT NULL DEFAULT 'agent',
  reason       text,
  added_at     timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  PRIMARY KEY (number_index, campaign)
);
COMMENT ON TABLE outbound.do_not_call IS 'Numbers, by blind index, not to be called: in one campaign, or in all (campaign '''').';
