-- What history knows of a row beside its amount: hashes of the other
-- identifiers of the same decision, and numbers, as one JSON object. A row of
-- an earlier release has none.

-- +goose Up
ALTER TABLE history ADD COLUMN facts json;
