-- What history knows of a row beside its amount: hashes of the other
-- identifiers of the same decision, and numbers, as one JSON object. A row of
-- an earlier release has none.

-- +goose Up
ALTER TABLE history ADD COLUMN facts json;

-- Every outcome asks for the others of its decision. Without the order in the
-- index, a query that sorts reads all outcomes of the company instead.
DROP INDEX outcomes_decision;
CREATE INDEX outcomes_decision ON outcomes (company, decision, known_at DESC, id DESC);
