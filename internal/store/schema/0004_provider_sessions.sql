-- The provider's own session, so that it can end ours; when it last said what we
-- keep of the person; and what is needed to ask it again, once for a login.

-- +goose Up
ALTER TABLE sessions ADD COLUMN sid TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN renewed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_sid ON sessions (provider, sid) WHERE sid <> '';
-- noted says now that a session was ended, or its person was replaced.
DROP INDEX sessions_noted;
CREATE INDEX sessions_noted ON sessions (noted) WHERE noted > 0;

-- Logout tokens that were taken, so that each is taken once, and so that a login
-- under way opens no session afterwards.
CREATE TABLE logouts (
    provider TEXT NOT NULL,
    id       TEXT NOT NULL,
    account  TEXT NOT NULL,
    subject  TEXT NOT NULL,
    sid      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (provider, id)
);
CREATE INDEX logouts_at ON logouts (at);

-- leased is until when holder alone may use what is sealed, or nobody may.
CREATE TABLE grants (
    login   TEXT PRIMARY KEY,
    sealed  TEXT NOT NULL,
    renewed BIGINT NOT NULL,
    leased  BIGINT NOT NULL DEFAULT 0,
    holder  TEXT NOT NULL DEFAULT '',
    expires BIGINT NOT NULL
);
CREATE INDEX grants_expires ON grants (expires);

-- +goose Down
DROP TABLE grants;
DROP TABLE logouts;
DROP INDEX sessions_noted;
CREATE INDEX sessions_noted ON sessions (noted) WHERE ended > 0;
DROP INDEX sessions_sid;
ALTER TABLE sessions DROP COLUMN renewed;
ALTER TABLE sessions DROP COLUMN sid;
