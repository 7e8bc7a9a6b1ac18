-- Times are whole microseconds since 1970, UTC. The columns of a projection
-- are generated from its JSON body, so that the body is the only source; json,
-- not jsonb, gives back the bytes that were put. Text compares by bytes (COLLATE
-- "C"), as on the other engine.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS vector;

-- A time in a body always says its offset, so the server's time zone does not
-- matter and the function really is immutable. Digits past microseconds are cut.
-- +goose StatementBegin
CREATE FUNCTION assent_micros(time_of_day text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (extract(epoch FROM regexp_replace(time_of_day, '(\.\d{6})\d+', '\1')::timestamptz) * 1000000)::bigint;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION assent_texts(list json) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE json_typeof(list) WHEN 'array' THEN ARRAY(SELECT json_array_elements_text(list)) END;
END $$;
-- +goose StatementEnd

CREATE TABLE company_head (
    company text COLLATE "C" NOT NULL PRIMARY KEY,
    body    json   NOT NULL,
    seq     bigint GENERATED ALWAYS AS ((body ->> 'seq')::bigint) STORED,
    hash    text   GENERATED ALWAYS AS (body ->> 'hash') STORED
) WITH (fillfactor = 50);

CREATE TABLE journal (
    company text COLLATE "C" NOT NULL,
    seq     bigint NOT NULL CHECK (seq > 0),
    id      text COLLATE "C" NOT NULL,
    type    text   NOT NULL,
    at      bigint NOT NULL,
    prev    text   NOT NULL,
    hash    text   NOT NULL,
    body    json   NOT NULL,
    PRIMARY KEY (company, seq),
    UNIQUE (company, id)
);

CREATE TABLE idempotency (
    company  text COLLATE "C" NOT NULL,
    key      text COLLATE "C" NOT NULL,
    request  text NOT NULL,
    decision text NOT NULL,
    PRIMARY KEY (company, key)
);

CREATE TABLE decisions (
    company   text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    body      json   NOT NULL,
    seq       bigint NOT NULL GENERATED ALWAYS AS ((body ->> 'seq')::bigint) STORED,
    at        bigint GENERATED ALWAYS AS (assent_micros(body ->> 'at')) STORED,
    kind      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'kind') STORED,
    status    text COLLATE "C" GENERATED ALWAYS AS (body ->> 'status') STORED,
    outcome   text COLLATE "C" GENERATED ALWAYS AS (body ->> 'outcome') STORED,
    model     text COLLATE "C" GENERATED ALWAYS AS (body ->> 'model') STORED,
    record_id text COLLATE "C" GENERATED ALWAYS AS (body ->> 'record_id') STORED,
    channel   text COLLATE "C" GENERATED ALWAYS AS (body ->> 'channel') STORED,
    PRIMARY KEY (company, id)
);
CREATE INDEX decisions_seq ON decisions (company, seq, id);
CREATE INDEX decisions_status ON decisions (company, status, seq, id);
CREATE INDEX decisions_record ON decisions (company, model, record_id, seq, id);

CREATE TABLE approvals (
    company   text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    body      json   NOT NULL,
    status    text COLLATE "C" GENERATED ALWAYS AS (body ->> 'status') STORED,
    kind      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'kind') STORED,
    decision  text COLLATE "C" GENERATED ALWAYS AS (body ->> 'decision') STORED,
    roles     text[] COLLATE "C" GENERATED ALWAYS AS (assent_texts(body -> 'roles')) STORED,
    opened_at bigint NOT NULL GENERATED ALWAYS AS (assent_micros(body ->> 'opened_at')) STORED,
    deadline  bigint NOT NULL GENERATED ALWAYS AS (assent_micros(body ->> 'deadline')) STORED,
    PRIMARY KEY (company, id)
);
CREATE INDEX approvals_deadline ON approvals (company, deadline, id);
CREATE INDEX approvals_status ON approvals (company, status, deadline, id);
CREATE INDEX approvals_decision ON approvals (company, decision);
CREATE INDEX approvals_roles ON approvals USING gin (roles);

CREATE TABLE executions (
    company     text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    body        json   NOT NULL,
    status      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'status') STORED,
    decision    text COLLATE "C" GENERATED ALWAYS AS (body ->> 'decision') STORED,
    record      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'record') STORED,
    ord         bigint NOT NULL GENERATED ALWAYS AS ((body ->> 'order')::bigint) STORED,
    due         bigint GENERATED ALWAYS AS (assent_micros(body ->> 'due')) STORED,
    lease_until bigint GENERATED ALWAYS AS (assent_micros(body ->> 'lease_until')) STORED,
    PRIMARY KEY (company, id)
);
CREATE INDEX executions_order ON executions (company, ord, id);
CREATE INDEX executions_decision ON executions (company, decision);
-- Unfinished ones only: what the executor looks at stays as small as its backlog.
CREATE INDEX executions_due ON executions (company, status, due, ord, id) WHERE status IN ('waiting', 'running', 'parked');
CREATE INDEX executions_record ON executions (company, record, ord, id) WHERE status IN ('waiting', 'running', 'parked');

CREATE TABLE exceptions (
    company   text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    body      json   NOT NULL,
    state     text COLLATE "C" GENERATED ALWAYS AS (body ->> 'state') STORED,
    type      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'type') STORED,
    role      text COLLATE "C" GENERATED ALWAYS AS (body ->> 'role') STORED,
    opened_at bigint NOT NULL GENERATED ALWAYS AS (assent_micros(body ->> 'opened_at')) STORED,
    PRIMARY KEY (company, id)
);
CREATE INDEX exceptions_opened ON exceptions (company, opened_at, id);
CREATE INDEX exceptions_state ON exceptions (company, state, opened_at, id);

CREATE TABLE outcomes (
    company  text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    body     json   NOT NULL,
    decision text COLLATE "C" GENERATED ALWAYS AS (body ->> 'decision') STORED,
    type     text COLLATE "C" GENERATED ALWAYS AS (body ->> 'type') STORED,
    known_at bigint NOT NULL GENERATED ALWAYS AS (assent_micros(body ->> 'known_at')) STORED,
    PRIMARY KEY (company, id)
);
CREATE INDEX outcomes_known ON outcomes (company, known_at, id);
CREATE INDEX outcomes_decision ON outcomes (company, decision);

-- Erasing empties data_key and box; the row stays, so that "erased" and
-- "never there" differ. The old version of the row leaves the disk with the
-- next VACUUM, and backups and archived logs with their own retention.
CREATE TABLE sealed (
    company  text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    master   text  NOT NULL,
    data_key bytea NOT NULL,
    box      bytea NOT NULL,
    PRIMARY KEY (company, id)
);
ALTER TABLE sealed ALTER COLUMN box SET STORAGE EXTERNAL; -- ciphertext does not compress

CREATE TABLE history (
    company     text COLLATE "C" NOT NULL,
    entity_type text COLLATE "C" NOT NULL,
    entity_hash text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    partner     bigint  NOT NULL,
    amount      numeric,
    at          bigint  NOT NULL,
    known_at    bigint  NOT NULL,
    PRIMARY KEY (company, entity_type, entity_hash, kind, subject, known_at)
);
CREATE INDEX history_newest ON history (company, entity_type, entity_hash, kind, at DESC, known_at DESC, subject);

-- Content by revision, the same for every company.
CREATE TABLE artefacts (
    kind     text COLLATE "C" NOT NULL,
    revision text COLLATE "C" NOT NULL,
    content  bytea NOT NULL,
    PRIMARY KEY (kind, revision)
);

CREATE TABLE companies (
    company text COLLATE "C" NOT NULL PRIMARY KEY,
    body    json NOT NULL
);

CREATE TABLE users (
    company text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    body    json NOT NULL,
    email   text COLLATE "C" GENERATED ALWAYS AS (lower((body ->> 'email') COLLATE "C")) STORED,
    PRIMARY KEY (company, id)
);
CREATE UNIQUE INDEX users_email ON users (company, email);

CREATE TABLE api_keys (
    company text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    body    json NOT NULL,
    hash    text COLLATE "C" GENERATED ALWAYS AS (body ->> 'hash') STORED,
    PRIMARY KEY (company, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE sign_ins (
    hash text COLLATE "C" NOT NULL PRIMARY KEY,
    body json NOT NULL
);

-- A session is found by the SHA-256 of its token: who reads this table cannot
-- sign in with it.
CREATE TABLE sessions (
    token_hash text COLLATE "C" NOT NULL PRIMARY KEY,
    data       bytea  NOT NULL,
    expires    bigint NOT NULL
);

-- All vectors of a space have the length that its first one had.
CREATE TABLE vector_spaces (
    company text COLLATE "C" NOT NULL,
    space   text COLLATE "C" NOT NULL,
    length  integer NOT NULL,
    PRIMARY KEY (company, space),
    UNIQUE (company, space, length)
);

CREATE TABLE vectors (
    company   text COLLATE "C" NOT NULL,
    space     text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    label     text NOT NULL,
    length    integer NOT NULL,
    embedding vector  NOT NULL CHECK (vector_dims(embedding) = length),
    PRIMARY KEY (company, space, id),
    FOREIGN KEY (company, space, length) REFERENCES vector_spaces (company, space, length)
);

-- Each space has an index of its own, made with its first vector: an index
-- shared by spaces would find the neighbours of all of them, and then drop most.
-- Making one takes the owner's rights.
-- +goose StatementBegin
CREATE FUNCTION assent_vector_space(in_company text, in_space text, in_length integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO vector_spaces (company, space, length) VALUES (in_company, in_space, in_length) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        EXECUTE format('CREATE INDEX %I ON vectors USING hnsw ((embedding::vector(%s)) vector_cosine_ops) WHERE company = %L AND space = %L',
                       'vectors_' || md5(length(in_company) || in_company || in_space), in_length, in_company, in_space);
    END IF;
    RETURN (SELECT v.length FROM vector_spaces AS v WHERE v.company = in_company AND v.space = in_space);
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION assent_vector_space FROM PUBLIC;
-- A caller's temporary tables must not stand in for ours.
-- +goose StatementBegin
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION assent_vector_space SET search_path = %s, pg_temp', current_setting('search_path'));
END $$;
-- +goose StatementEnd
