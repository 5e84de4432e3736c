-- When the database itself noted an event or a heartbeat, by its own clock:
-- whoever follows the record, or asks which nodes are silent, goes by that, so
-- that nodes whose clocks differ are neither missed nor taken for dead.

-- +goose Up
ALTER TABLE events ADD COLUMN noted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX events_noted ON events (noted, id);
ALTER TABLE nodes ADD COLUMN noted BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE nodes DROP COLUMN noted;
DROP INDEX events_noted;
ALTER TABLE events DROP COLUMN noted;
