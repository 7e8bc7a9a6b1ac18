-- Times are whole microseconds since 1970, UTC. The columns of a projection
-- are generated from its JSON body, so that the body is the only source.

-- +goose Up
CREATE TABLE company_head (
    company TEXT NOT NULL PRIMARY KEY,
    body    TEXT NOT NULL,
    seq     INTEGER AS (body ->> '$.seq') VIRTUAL,
    hash    TEXT AS (body ->> '$.hash') VIRTUAL
) STRICT;

CREATE TABLE journal (
    company TEXT    NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    id      TEXT    NOT NULL,
    type    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (company, seq),
    UNIQUE (company, id)
) STRICT;

CREATE TABLE idempotency (
    company  TEXT NOT NULL,
    key      TEXT NOT NULL,
    request  TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (company, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    company   TEXT NOT NULL,
    id        TEXT NOT NULL,
    body      TEXT NOT NULL,
    seq       INTEGER NOT NULL AS (body ->> '$.seq') VIRTUAL,
    at        INTEGER AS (unixepoch(substr(body ->> '$.at', 1, 19) || CASE WHEN body ->> '$.at' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.at', -6) END) * 1000000
                          + CAST(round(CAST(substr('0' || substr(body ->> '$.at', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    kind      TEXT AS (body ->> '$.kind') VIRTUAL,
    status    TEXT AS (body ->> '$.status') VIRTUAL,
    outcome   TEXT AS (body ->> '$.outcome') VIRTUAL,
    model     TEXT AS (body ->> '$.model') VIRTUAL,
    record_id TEXT AS (CAST(body ->> '$.record_id' AS TEXT)) VIRTUAL,
    channel   TEXT AS (body ->> '$.channel') VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE INDEX decisions_seq ON decisions (company, seq, id);
CREATE INDEX decisions_status ON decisions (company, status, seq, id);
CREATE INDEX decisions_record ON decisions (company, model, record_id, seq, id);

CREATE TABLE approvals (
    company   TEXT NOT NULL,
    id        TEXT NOT NULL,
    body      TEXT NOT NULL,
    status    TEXT AS (body ->> '$.status') VIRTUAL,
    kind      TEXT AS (body ->> '$.kind') VIRTUAL,
    decision  TEXT AS (body ->> '$.decision') VIRTUAL,
    opened_at INTEGER NOT NULL AS (unixepoch(substr(body ->> '$.opened_at', 1, 19) || CASE WHEN body ->> '$.opened_at' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.opened_at', -6) END) * 1000000
                          + CAST(round(CAST(substr('0' || substr(body ->> '$.opened_at', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    deadline  INTEGER NOT NULL AS (unixepoch(substr(body ->> '$.deadline', 1, 19) || CASE WHEN body ->> '$.deadline' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.deadline', -6) END) * 1000000
                          + CAST(round(CAST(substr('0' || substr(body ->> '$.deadline', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE INDEX approvals_deadline ON approvals (company, deadline, id);
CREATE INDEX approvals_status ON approvals (company, status, deadline, id);
CREATE INDEX approvals_decision ON approvals (company, decision);

-- An approval has several roles; triggers keep this index of them.
CREATE TABLE approval_roles (
    company  TEXT NOT NULL,
    role     TEXT NOT NULL,
    approval TEXT NOT NULL,
    PRIMARY KEY (company, role, approval)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER approvals_roles_insert AFTER INSERT ON approvals BEGIN
    INSERT INTO approval_roles (company, role, approval)
    SELECT DISTINCT NEW.company, value, NEW.id FROM json_each(NEW.body, '$.roles') WHERE value IS NOT NULL;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_roles_update AFTER UPDATE ON approvals WHEN NEW.body -> '$.roles' IS NOT OLD.body -> '$.roles' BEGIN
    DELETE FROM approval_roles
    WHERE company = OLD.company AND approval = OLD.id AND role IN (SELECT value FROM json_each(OLD.body, '$.roles'));
    INSERT INTO approval_roles (company, role, approval)
    SELECT DISTINCT NEW.company, value, NEW.id FROM json_each(NEW.body, '$.roles') WHERE value IS NOT NULL;
END;
-- +goose StatementEnd

CREATE TABLE executions (
    company     TEXT NOT NULL,
    id          TEXT NOT NULL,
    body        TEXT NOT NULL,
    status      TEXT AS (body ->> '$.status') VIRTUAL,
    decision    TEXT AS (body ->> '$.decision') VIRTUAL,
    record      TEXT AS (body ->> '$.record') VIRTUAL,
    ord         INTEGER NOT NULL AS (body ->> '$.order') VIRTUAL,
    due         INTEGER AS (unixepoch(substr(body ->> '$.due', 1, 19) || CASE WHEN body ->> '$.due' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.due', -6) END) * 1000000
                            + CAST(round(CAST(substr('0' || substr(body ->> '$.due', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    lease_until INTEGER AS (unixepoch(substr(body ->> '$.lease_until', 1, 19) || CASE WHEN body ->> '$.lease_until' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.lease_until', -6) END) * 1000000
                            + CAST(round(CAST(substr('0' || substr(body ->> '$.lease_until', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE INDEX executions_order ON executions (company, ord, id);
CREATE INDEX executions_decision ON executions (company, decision);
-- Unfinished ones only: what the executor looks at stays as small as its backlog.
CREATE INDEX executions_due ON executions (company, status, due, ord, id) WHERE status IN ('waiting', 'running', 'parked');
CREATE INDEX executions_record ON executions (company, record, ord, id) WHERE status IN ('waiting', 'running', 'parked');

CREATE TABLE exceptions (
    company   TEXT NOT NULL,
    id        TEXT NOT NULL,
    body      TEXT NOT NULL,
    state     TEXT AS (body ->> '$.state') VIRTUAL,
    type      TEXT AS (body ->> '$.type') VIRTUAL,
    role      TEXT AS (body ->> '$.role') VIRTUAL,
    opened_at INTEGER NOT NULL AS (unixepoch(substr(body ->> '$.opened_at', 1, 19) || CASE WHEN body ->> '$.opened_at' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.opened_at', -6) END) * 1000000
                          + CAST(round(CAST(substr('0' || substr(body ->> '$.opened_at', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE INDEX exceptions_opened ON exceptions (company, opened_at, id);
CREATE INDEX exceptions_state ON exceptions (company, state, opened_at, id);

CREATE TABLE outcomes (
    company  TEXT NOT NULL,
    id       TEXT NOT NULL,
    body     TEXT NOT NULL,
    decision TEXT AS (body ->> '$.decision') VIRTUAL,
    type     TEXT AS (body ->> '$.type') VIRTUAL,
    known_at INTEGER NOT NULL AS (unixepoch(substr(body ->> '$.known_at', 1, 19) || CASE WHEN body ->> '$.known_at' LIKE '%Z' THEN 'Z' ELSE substr(body ->> '$.known_at', -6) END) * 1000000
                         + CAST(round(CAST(substr('0' || substr(body ->> '$.known_at', 20), 1, 8) AS REAL) * 1000000) AS INTEGER)) VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE INDEX outcomes_known ON outcomes (company, known_at, id);
CREATE INDEX outcomes_decision ON outcomes (company, decision);

-- Erasing empties data_key and box; the row stays, so that "erased" and
-- "never there" differ.
CREATE TABLE sealed (
    company  TEXT NOT NULL,
    id       TEXT NOT NULL,
    master   TEXT NOT NULL,
    data_key BLOB NOT NULL,
    box      BLOB NOT NULL,
    PRIMARY KEY (company, id)
) STRICT;

CREATE TABLE history (
    company     TEXT    NOT NULL,
    entity_type TEXT    NOT NULL,
    entity_hash TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    partner     INTEGER NOT NULL,
    amount      TEXT,
    at          INTEGER NOT NULL,
    known_at    INTEGER NOT NULL,
    PRIMARY KEY (company, entity_type, entity_hash, kind, subject, known_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_newest ON history (company, entity_type, entity_hash, kind, at DESC, known_at DESC, subject);

-- Content by revision, the same for every company.
CREATE TABLE artefacts (
    kind     TEXT NOT NULL,
    revision TEXT NOT NULL,
    content  BLOB NOT NULL,
    PRIMARY KEY (kind, revision)
) STRICT;

CREATE TABLE companies (
    company TEXT NOT NULL PRIMARY KEY,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    company TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    email   TEXT AS (lower(body ->> '$.email')) VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE UNIQUE INDEX users_email ON users (company, email);

CREATE TABLE api_keys (
    company TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    hash    TEXT AS (body ->> '$.hash') VIRTUAL,
    PRIMARY KEY (company, id)
) STRICT;
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE sign_ins (
    hash TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A session is found by the SHA-256 of its token: who reads this table cannot
-- sign in with it.
CREATE TABLE sessions (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    data       BLOB    NOT NULL,
    expires    INTEGER NOT NULL
) STRICT;

-- All vectors of a space have the length that its first one had.
CREATE TABLE vector_spaces (
    company TEXT    NOT NULL,
    space   TEXT    NOT NULL,
    length  INTEGER NOT NULL,
    PRIMARY KEY (company, space),
    UNIQUE (company, space, length)
) STRICT;

CREATE TABLE vectors (
    company TEXT    NOT NULL,
    space   TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    label   TEXT    NOT NULL,
    length  INTEGER NOT NULL,
    vector  BLOB    NOT NULL CHECK (length(vector) = 4 * length), -- float32, little-endian
    PRIMARY KEY (company, space, id),
    FOREIGN KEY (company, space, length) REFERENCES vector_spaces (company, space, length)
) STRICT;
