-- What history knows of a row beside its amount: hashes of the other
-- identifiers of the same decision, and numbers, as one JSON object. A row of
-- an earlier release has none.
--
-- The table is made anew in the order in which features read it, the newest of
-- an entity first: a decision reads a hundred rows and writes ten.

-- +goose Up
ALTER TABLE history RENAME TO history_before;
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
    facts       TEXT,
    PRIMARY KEY (company, entity_type, entity_hash, kind, at DESC, known_at DESC, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO history (company, entity_type, entity_hash, kind, subject, partner, amount, at, known_at)
SELECT company, entity_type, entity_hash, kind, subject, partner, amount, at, known_at FROM history_before;
DROP TABLE history_before;
CREATE UNIQUE INDEX history_once ON history (company, entity_type, entity_hash, kind, subject, known_at);
-- +goose StatementBegin
CREATE TRIGGER history_insert BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history
             WHERE company = NEW.company AND entity_type = NEW.entity_type AND entity_hash = NEW.entity_hash
               AND kind = NEW.kind AND subject = NEW.subject AND known_at = NEW.known_at)
BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_update BEFORE UPDATE ON history BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_delete BEFORE DELETE ON history BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;
-- +goose StatementEnd

-- Every outcome asks for the others of its decision. Without the order in the
-- index, a query that sorts reads all outcomes of the company instead.
DROP INDEX outcomes_decision;
CREATE INDEX outcomes_decision ON outcomes (company, decision, known_at DESC, id DESC);
