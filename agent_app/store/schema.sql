-- Only what is searched by stands in the open; `value` is an encrypted record (agent_app/store/records.py).
CREATE TABLE sign_ins (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, signed_in_at INTEGER NOT NULL, closed INTEGER NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX sign_ins_by_agent ON sign_ins (agent, signed_in_at DESC);

CREATE TABLE interviews (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, open INTEGER NOT NULL, turn INTEGER NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
-- An agent works on one interview at a time, whatever number of tabs is open.
CREATE UNIQUE INDEX one_open_interview ON interviews (agent) WHERE open = 1;

CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    interview TEXT NOT NULL, agent TEXT NOT NULL, key TEXT NOT NULL UNIQUE, waited_for INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    due_at INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, last_code TEXT NOT NULL DEFAULT '',
    value BLOB NOT NULL
);
CREATE INDEX outbox_by_interview ON outbox (interview, position);
CREATE INDEX outbox_by_agent ON outbox (agent);

CREATE TABLE leases (
    interview TEXT PRIMARY KEY, owner TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE results (key TEXT PRIMARY KEY, interview TEXT NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX results_by_interview ON results (interview);

CREATE TABLE set_aside (
    key TEXT PRIMARY KEY, agent TEXT NOT NULL, set_aside_at INTEGER NOT NULL, dismissed INTEGER NOT NULL DEFAULT 0,
    value BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX set_aside_by_agent ON set_aside (agent, set_aside_at);

PRAGMA user_version = 1;
