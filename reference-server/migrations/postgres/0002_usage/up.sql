-- What an account holds stands in its head, so that a store need not sum it up. Deleted secrets don't count.
-- A release that knows only the first schema would store without counting; none came out, so this serves none but its own.
ALTER TABLE account_head ADD COLUMN secrets bigint NOT NULL DEFAULT 0;
ALTER TABLE account_head ADD COLUMN secret_bytes bigint NOT NULL DEFAULT 0;
UPDATE account_head h SET secrets = held.secrets, secret_bytes = held.bytes
  FROM (SELECT account_key, count(*) AS secrets, sum(length(sealed_secret)) AS bytes FROM secret
        WHERE sealed_secret IS NOT NULL GROUP BY account_key) held
  WHERE h.account_key = held.account_key;
UPDATE schema_serves SET version = '0002';
