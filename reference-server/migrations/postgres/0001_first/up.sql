-- The first schema, for Postgres. The one for SQLite has the same tables and columns.
-- Every key begins with account_key. Times are milliseconds since the Unix epoch. What is called sealed or wrapped is
-- opaque to the database.

-- A statement that writes asserts with these what it must have done: a violation aborts it whole, and says by its name why.
CREATE DOMAIN head_as_read   AS boolean CONSTRAINT head_as_read   CHECK (VALUE IS TRUE);
CREATE DOMAIN attempt_open   AS boolean CONSTRAINT attempt_open   CHECK (VALUE IS TRUE);
CREATE DOMAIN whole_effect   AS boolean CONSTRAINT whole_effect   CHECK (VALUE IS TRUE);

CREATE TABLE account (
  account_key          bytea    NOT NULL PRIMARY KEY,
  user_id              bytea    NOT NULL UNIQUE,
  state                smallint NOT NULL,
  suite                smallint NOT NULL,
  generation           bigint   NOT NULL,
  created_at           bigint   NOT NULL,
  finish_digest        bytea    NOT NULL,
  sealed_name          bytea    NOT NULL,
  sealed_credential_id bytea    NOT NULL,
  sealed_record        bytea    NOT NULL,
  sealed_storage_key   bytea,
  wrapped_data_key     bytea    NOT NULL,
  kek_id               text     NOT NULL
);
CREATE INDEX account_pending ON account (created_at) WHERE state = 0;

-- The one row that serialises an account.
CREATE TABLE account_head (
  account_key bytea    NOT NULL PRIMARY KEY,
  size        bigint   NOT NULL,
  chain       bytea    NOT NULL,
  generation  bigint   NOT NULL
) WITH (fillfactor = 50);

-- A deleted secret stays as its tombstone: without sealed bytes.
CREATE TABLE secret (
  account_key   bytea    NOT NULL,
  secret        bytea    NOT NULL,
  origin        smallint NOT NULL,
  kind          smallint NOT NULL,
  version       smallint NOT NULL,
  created_at    bigint   NOT NULL,
  sealed_secret bytea,
  sealed_label  bytea,
  PRIMARY KEY (account_key, secret)
);

CREATE TABLE audit_entry (
  account_key  bytea    NOT NULL,
  n            bigint   NOT NULL,
  sealed_entry bytea    NOT NULL,
  leaf         bytea    NOT NULL,
  PRIMARY KEY (account_key, n)
);

-- outcome: 0 not finished, 1 refused. An attempt that succeeded becomes a session.
CREATE TABLE attempt (
  account_key  bytea    NOT NULL,
  attempt      bytea    NOT NULL,
  at           bigint   NOT NULL,
  expires_at   bigint   NOT NULL,
  decoded      bytea    NOT NULL,
  user_id      bytea    NOT NULL,
  generation   bigint   NOT NULL,
  bucket       bytea    NOT NULL,
  outcome      smallint NOT NULL,
  sealed_state bytea,
  PRIMARY KEY (account_key, attempt)
);
CREATE INDEX attempt_expiry ON attempt (expires_at);

CREATE TABLE session (
  account_key     bytea    NOT NULL,
  session         bytea    NOT NULL,
  kind            smallint NOT NULL,
  user_id         bytea    NOT NULL,
  generation      bigint   NOT NULL,
  epoch           bigint   NOT NULL,
  opened_at       bigint   NOT NULL,
  used_at         bigint   NOT NULL,
  idle_at         bigint   NOT NULL,
  expires_at      bigint   NOT NULL,
  operations_left bigint   NOT NULL,
  next_seq        bigint   NOT NULL,
  closed          boolean  NOT NULL,
  sealed_keys     bytea    NOT NULL,
  finish_digest   bytea    NOT NULL,
  last_frame      bytea    NOT NULL,
  last_answer     bytea    NOT NULL,
  operation       smallint NOT NULL,
  continuations   bigint   NOT NULL,
  PRIMARY KEY (account_key, session)
) WITH (fillfactor = 50);
CREATE INDEX session_expiry ON session (expires_at);

-- Levels are milliseconds of draining (the short one of a bucket that does not decay: attempts).
CREATE TABLE attempt_budget (
  account_key   bytea    NOT NULL,
  bucket        bytea    NOT NULL,
  short_level   bigint   NOT NULL,
  short_at      bigint   NOT NULL,
  level         bigint   NOT NULL,
  level_at      bigint   NOT NULL,
  refused_count bigint   NOT NULL,
  refused_first bigint   NOT NULL,
  refused_last  bigint   NOT NULL,
  used_at       bigint   NOT NULL,
  PRIMARY KEY (account_key, bucket)
) WITH (fillfactor = 50);

CREATE TABLE tombstone (
  account_key bytea    NOT NULL,
  user_id     bytea    NOT NULL,
  size        bigint   NOT NULL,
  chain       bytea    NOT NULL,
  deleted_at  bigint   NOT NULL,
  PRIMARY KEY (account_key, user_id)
);
CREATE INDEX tombstone_age ON tombstone (deleted_at);

CREATE TABLE server_key (
  id         text     NOT NULL PRIMARY KEY,
  role       text     NOT NULL,
  state      text     NOT NULL,
  wrapped    bytea    NOT NULL,
  kek_id     text     NOT NULL,
  created_at bigint   NOT NULL
);

-- One row. A restored backup raises the epoch, which ends all sessions.
CREATE TABLE server_state (
  id    smallint NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch bigint   NOT NULL
);

-- One row: the oldest release that this schema still serves, as the version of the schema that it came with.
CREATE TABLE schema_serves (
  id      smallint NOT NULL PRIMARY KEY CHECK (id = 1),
  version text     NOT NULL
);
INSERT INTO schema_serves VALUES (1, '0001');
