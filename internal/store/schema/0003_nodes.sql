-- What a node says of itself beside its revision, as JSON: the doctor reads it.

-- +goose Up
ALTER TABLE nodes ADD COLUMN about TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE nodes DROP COLUMN about;
