-- Every gateway asks twice a second which sessions were ended: the index alone
-- answers, in order, without a look at the sessions.

-- +goose Up
DROP INDEX sessions_noted;
CREATE INDEX sessions_noted ON sessions (noted, id) WHERE noted > 0;

-- +goose Down
DROP INDEX sessions_noted;
CREATE INDEX sessions_noted ON sessions (noted) WHERE noted > 0;
