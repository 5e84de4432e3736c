-- One schema for SQLite and PostgreSQL: ids are TEXT made by us, times are
-- BIGINT microseconds since 1970 UTC, bytes are base64 in TEXT, structures are
-- JSON in TEXT. No serials, no time types, no arrays.

-- +goose Up
CREATE TABLE pendings (
    state_hash   TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    reference    TEXT NOT NULL,
    account      TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    sealed       TEXT NOT NULL,
    return_to    TEXT NOT NULL,
    bind         TEXT NOT NULL,
    begun        BIGINT NOT NULL
);
CREATE INDEX pendings_browser ON pendings (browser_hash, begun);
CREATE INDEX pendings_begun ON pendings (begun);

-- States that were taken, so that a reloaded callback is told from an unknown one.
CREATE TABLE taken (
    state_hash TEXT PRIMARY KEY,
    reference  TEXT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX taken_at ON taken (at);

-- The record is the attempt as JSON; the other columns are for looking it up.
CREATE TABLE attempts (
    reference TEXT PRIMARY KEY,
    outcome   TEXT NOT NULL,
    code      TEXT NOT NULL,
    email     TEXT NOT NULL,
    begun     BIGINT NOT NULL,
    record    TEXT NOT NULL
);
CREATE INDEX attempts_begun ON attempts (begun, reference);
CREATE INDEX attempts_email ON attempts (email, begun);
CREATE INDEX attempts_unfinished ON attempts (begun) WHERE outcome = 'begun';

-- ended is when, as the node that ended it saw it; noted is the database's own
-- clock, by which all nodes ask what is new. Zero: not ended.
CREATE TABLE sessions (
    id        TEXT PRIMARY KEY,
    login     TEXT NOT NULL,
    host      TEXT NOT NULL,
    account   TEXT NOT NULL,
    provider  TEXT NOT NULL,
    subject   TEXT NOT NULL,
    email     TEXT NOT NULL,
    person    TEXT NOT NULL,
    begun     BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    sealed    TEXT NOT NULL,
    ended     BIGINT NOT NULL DEFAULT 0,
    noted     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sessions_login ON sessions (login);
CREATE INDEX sessions_person ON sessions (provider, subject);
CREATE INDEX sessions_open ON sessions (begun, id) WHERE ended = 0;
CREATE INDEX sessions_expires ON sessions (expires);
CREATE INDEX sessions_noted ON sessions (noted) WHERE ended > 0;

-- Logins that were ended, so that a ticket under way opens no session afterwards.
CREATE TABLE ended_logins (
    login TEXT PRIMARY KEY,
    ended BIGINT NOT NULL
);
CREATE INDEX ended_logins_ended ON ended_logins (ended);

CREATE TABLE tickets (
    id        TEXT PRIMARY KEY,
    bind      TEXT NOT NULL,
    host      TEXT NOT NULL,
    login     TEXT NOT NULL,
    session   TEXT NOT NULL,
    return_to TEXT NOT NULL,
    issued    BIGINT NOT NULL
);
CREATE INDEX tickets_issued ON tickets (issued);

CREATE TABLE revisions (
    node    TEXT NOT NULL,
    loaded  BIGINT NOT NULL,
    id      TEXT NOT NULL,
    content TEXT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (node, loaded)
);
CREATE INDEX revisions_loaded ON revisions (loaded);

CREATE TABLE nodes (
    node     TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    seen     BIGINT NOT NULL
);
CREATE INDEX nodes_seen ON nodes (seen);

-- What administrators did. Rows are added and, long after, purged; never changed.
CREATE TABLE events (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    client  TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX events_at ON events (at, id);

-- SQLite has no lock that outlives a transaction: where two processes start at
-- once, this lets only one of them record a version, and undoes the other's work.
CREATE UNIQUE INDEX usher_schema_once ON usher_schema (version_id);

-- +goose Down
DROP INDEX usher_schema_once;
DROP TABLE events;
DROP TABLE nodes;
DROP TABLE revisions;
DROP TABLE tickets;
DROP TABLE ended_logins;
DROP TABLE sessions;
DROP TABLE attempts;
DROP TABLE taken;
DROP TABLE pendings;
