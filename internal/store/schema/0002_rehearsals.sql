-- Sign-ins that grant nothing, so that a gateway can hand their callbacks to
-- the command that began them. Returned is when the callback came; zero: not yet.

-- +goose Up
CREATE TABLE rehearsals (
    state_hash TEXT PRIMARY KEY,
    seal_key   TEXT NOT NULL,
    begun      BIGINT NOT NULL,
    returned   BIGINT NOT NULL DEFAULT 0,
    sealed     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX rehearsals_begun ON rehearsals (begun);
CREATE INDEX rehearsals_returned ON rehearsals (returned) WHERE returned > 0;

-- +goose Down
DROP TABLE rehearsals;
