-- The first schema, for SQLite. The one for Postgres has the same tables and columns.
-- Every key begins with account_key. Times are milliseconds since the Unix epoch. What is called sealed or wrapped is
-- opaque to the database.

CREATE TABLE account (
  account_key          BLOB    NOT NULL PRIMARY KEY,
  user_id              BLOB    NOT NULL UNIQUE,
  state                INTEGER NOT NULL,
  suite                INTEGER NOT NULL,
  generation           INTEGER NOT NULL,
  created_at           INTEGER NOT NULL,
  finish_digest        BLOB    NOT NULL,
  sealed_name          BLOB    NOT NULL,
  sealed_credential_id BLOB    NOT NULL,
  sealed_record        BLOB    NOT NULL,
  sealed_storage_key   BLOB,
  wrapped_data_key     BLOB    NOT NULL,
  kek_id               TEXT    NOT NULL
) STRICT;
CREATE INDEX account_pending ON account (created_at) WHERE state = 0;

-- The one row that serialises an account.
CREATE TABLE account_head (
  account_key BLOB    NOT NULL PRIMARY KEY,
  size        INTEGER NOT NULL,
  chain       BLOB    NOT NULL,
  generation  INTEGER NOT NULL
) STRICT;

-- A deleted secret stays as its tombstone: without sealed bytes.
CREATE TABLE secret (
  account_key   BLOB    NOT NULL,
  secret        BLOB    NOT NULL,
  origin        INTEGER NOT NULL,
  kind          INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  sealed_secret BLOB,
  sealed_label  BLOB,
  PRIMARY KEY (account_key, secret)
) STRICT;

CREATE TABLE audit_entry (
  account_key  BLOB    NOT NULL,
  n            INTEGER NOT NULL,
  sealed_entry BLOB    NOT NULL,
  leaf         BLOB    NOT NULL,
  PRIMARY KEY (account_key, n)
) STRICT;

-- outcome: 0 not finished, 1 refused. An attempt that succeeded becomes a session.
CREATE TABLE attempt (
  account_key  BLOB    NOT NULL,
  attempt      BLOB    NOT NULL,
  at           INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  decoded      BLOB    NOT NULL,
  user_id      BLOB    NOT NULL,
  generation   INTEGER NOT NULL,
  bucket       BLOB    NOT NULL,
  outcome      INTEGER NOT NULL,
  sealed_state BLOB,
  PRIMARY KEY (account_key, attempt)
) STRICT;
CREATE INDEX attempt_expiry ON attempt (expires_at);

CREATE TABLE session (
  account_key     BLOB    NOT NULL,
  session         BLOB    NOT NULL,
  kind            INTEGER NOT NULL,
  user_id         BLOB    NOT NULL,
  generation      INTEGER NOT NULL,
  epoch           INTEGER NOT NULL,
  opened_at       INTEGER NOT NULL,
  used_at         INTEGER NOT NULL,
  idle_at         INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  operations_left INTEGER NOT NULL,
  next_seq        INTEGER NOT NULL,
  closed          INTEGER NOT NULL,
  sealed_keys     BLOB    NOT NULL,
  finish_digest   BLOB    NOT NULL,
  last_frame      BLOB    NOT NULL,
  last_answer     BLOB    NOT NULL,
  operation       INTEGER NOT NULL,
  continuations   INTEGER NOT NULL,
  PRIMARY KEY (account_key, session)
) STRICT;
CREATE INDEX session_expiry ON session (expires_at);

-- Levels are milliseconds of draining (the short one of a bucket that does not decay: attempts).
CREATE TABLE attempt_budget (
  account_key   BLOB    NOT NULL,
  bucket        BLOB    NOT NULL,
  short_level   INTEGER NOT NULL,
  short_at      INTEGER NOT NULL,
  level         INTEGER NOT NULL,
  level_at      INTEGER NOT NULL,
  refused_count INTEGER NOT NULL,
  refused_first INTEGER NOT NULL,
  refused_last  INTEGER NOT NULL,
  used_at       INTEGER NOT NULL,
  PRIMARY KEY (account_key, bucket)
) STRICT;

CREATE TABLE tombstone (
  account_key BLOB    NOT NULL,
  user_id     BLOB    NOT NULL,
  size        INTEGER NOT NULL,
  chain       BLOB    NOT NULL,
  deleted_at  INTEGER NOT NULL,
  PRIMARY KEY (account_key, user_id)
) STRICT;
CREATE INDEX tombstone_age ON tombstone (deleted_at);

CREATE TABLE server_key (
  id         TEXT    NOT NULL PRIMARY KEY,
  role       TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  wrapped    BLOB    NOT NULL,
  kek_id     TEXT    NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- One row. A restored backup raises the epoch, which ends all sessions.
CREATE TABLE server_state (
  id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL
) STRICT;

-- One row: the oldest release that this schema still serves, as the version of the schema that it came with.
CREATE TABLE schema_serves (
  id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  version TEXT    NOT NULL
) STRICT;
INSERT INTO schema_serves VALUES (1, '0001');
