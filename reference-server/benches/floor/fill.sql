-- Accounts for login_and_store.pgb, in a database that was migrated: psql -v accounts=256 -v entries=10.
-- What is sealed has the length that the server's rows have; the bench fails when it has not.
INSERT INTO server_state VALUES (1, 1);
INSERT INTO account (account_key, user_id, state, suite, generation, created_at, finish_digest, sealed_name,
    sealed_credential_id, sealed_record, sealed_storage_key, wrapped_data_key, kek_id)
  SELECT sha256(int4send(g)), sha256('user' || int4send(g)), 1, 1, 0, 0, sha256('finish' || int4send(g)),
    decode(repeat('a1', :sealed_name), 'hex'), decode(repeat('a2', :sealed_credential_id), 'hex'),
    decode(repeat('a3', :sealed_record), 'hex'), decode(repeat('a4', :sealed_storage_key), 'hex'),
    decode(repeat('a5', :wrapped_data_key), 'hex'), 'bench'
  FROM generate_series(1, :accounts) g;
INSERT INTO account_head SELECT account_key, :entries, sha256('chain'), 0 FROM account;
-- The strangers' bucket, and that of the one device.
INSERT INTO attempt_budget
  SELECT account_key, bucket, 0, 0, 0, 0, 0, 0, 0, 0
  FROM account, (VALUES (decode(repeat('00', 32), 'hex')), (:'device'::bytea)) AS buckets (bucket);
INSERT INTO audit_entry
  SELECT account_key, n, decode(repeat('a6', :sealed_entry), 'hex'), sha256('leaf')
  FROM account, generate_series(0, :entries - 1) n;
VACUUM ANALYZE;
CHECKPOINT;
