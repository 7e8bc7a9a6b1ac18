-- What must never change, and the one change that erasure makes.
--
-- REPLACE deletes without a DELETE trigger unless the connection has
-- recursive_triggers on, which another program's has not: hence the triggers
-- before INSERT.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER journal_insert BEFORE INSERT ON journal
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM journal WHERE company = NEW.company)
  OR EXISTS (SELECT 1 FROM journal WHERE company = NEW.company AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'journal is append-only: the next seq and a new id are required');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'journal is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'journal is append-only');
END;
-- +goose StatementEnd

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

-- +goose StatementBegin
CREATE TRIGGER artefacts_insert BEFORE INSERT ON artefacts
WHEN EXISTS (SELECT 1 FROM artefacts WHERE kind = NEW.kind AND revision = NEW.revision)
BEGIN
    SELECT RAISE(ABORT, 'artefacts is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER artefacts_update BEFORE UPDATE ON artefacts BEGIN
    SELECT RAISE(ABORT, 'artefacts is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER artefacts_delete BEFORE DELETE ON artefacts BEGIN
    SELECT RAISE(ABORT, 'artefacts is append-only');
END;
-- +goose StatementEnd

-- An idempotency key lives as long as its decision.
-- +goose StatementBegin
CREATE TRIGGER idempotency_insert BEFORE INSERT ON idempotency
WHEN EXISTS (SELECT 1 FROM idempotency WHERE company = NEW.company AND key = NEW.key)
BEGIN
    SELECT RAISE(ABORT, 'idempotency is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER idempotency_update BEFORE UPDATE ON idempotency BEGIN
    SELECT RAISE(ABORT, 'idempotency is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER idempotency_delete BEFORE DELETE ON idempotency BEGIN
    SELECT RAISE(ABORT, 'idempotency is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER sealed_insert BEFORE INSERT ON sealed
WHEN EXISTS (SELECT 1 FROM sealed WHERE company = NEW.company AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'sealed can only be erased');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sealed_update BEFORE UPDATE ON sealed
WHEN NEW.company <> OLD.company OR NEW.id <> OLD.id OR NEW.master <> OLD.master
  OR NEW.data_key <> x'' OR NEW.box <> x''
BEGIN
    SELECT RAISE(ABORT, 'sealed can only be erased');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sealed_delete BEFORE DELETE ON sealed BEGIN
    SELECT RAISE(ABORT, 'sealed can only be erased');
END;
-- +goose StatementEnd
