-- What must never change, and the one change that erasure makes; and the role
-- that may not even try.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION assent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION assent_only_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.company, NEW.id, NEW.master, NEW.data_key, NEW.box) = (OLD.company, OLD.id, OLD.master, ''::bytea, ''::bytea) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'sealed can only be erased' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
CREATE TRIGGER history_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
CREATE TRIGGER artefacts_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON artefacts FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
CREATE TRIGGER idempotency_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
CREATE TRIGGER sealed_refuse BEFORE DELETE OR TRUNCATE ON sealed FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
CREATE TRIGGER sealed_erase BEFORE UPDATE ON sealed FOR EACH ROW EXECUTE FUNCTION assent_only_erase();

-- ALWAYS: also in a session that turns triggers off as replication does.
ALTER TABLE journal ENABLE ALWAYS TRIGGER journal_refuse;
ALTER TABLE history ENABLE ALWAYS TRIGGER history_refuse;
ALTER TABLE artefacts ENABLE ALWAYS TRIGGER artefacts_refuse;
ALTER TABLE idempotency ENABLE ALWAYS TRIGGER idempotency_refuse;
ALTER TABLE sealed ENABLE ALWAYS TRIGGER sealed_refuse;
ALTER TABLE sealed ENABLE ALWAYS TRIGGER sealed_erase;

-- assent_grants creates the role where it may, and gives it what serving takes.
-- It runs after every migration, and may run again at any time. Roles are
-- shared by the databases of a server, so another one may create it meanwhile.
-- +goose StatementBegin
CREATE FUNCTION assent_grants() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assent_grants')); -- replicas that start at once
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'assent_app') THEN
        BEGIN
            CREATE ROLE assent_app NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE WARNING 'assent_app cannot be created by %: triggers alone protect the journal', current_user;
                RETURN;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'assent_app', 'MEMBER') THEN
        BEGIN
            EXECUTE format('GRANT assent_app TO %I', current_user);
        EXCEPTION
            WHEN unique_violation OR insufficient_privilege OR internal_error THEN NULL; -- an administrator's to grant
        END;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO assent_app', current_schema());
    GRANT SELECT ON goose_db_version, vector_spaces TO assent_app;
    GRANT SELECT, INSERT ON journal, history, artefacts, idempotency, sealed TO assent_app;
    GRANT UPDATE (data_key, box) ON sealed TO assent_app;
    GRANT SELECT, INSERT, UPDATE ON company_head, decisions, approvals, executions, exceptions, outcomes,
        companies, users, api_keys, vectors TO assent_app;
    GRANT SELECT, INSERT, DELETE ON sign_ins TO assent_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO assent_app;
    GRANT EXECUTE ON FUNCTION assent_vector_space TO assent_app;
END $$;
-- +goose StatementEnd
