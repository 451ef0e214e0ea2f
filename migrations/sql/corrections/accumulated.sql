-- What an account adds up in the corrections that were sent of it (models/queries/accumulated.py says which), so that no
-- amount is cut into parts that each ask fewer signatures. The signatures themselves are in bands.sql.

-- What the account of a correction adds up with it: {amount, corrections, since}, each bill once; empty where
-- nothing else stands. A reversal takes the place of what it undoes.
CREATE OR REPLACE FUNCTION console.accumulated_with(c console.corrections) RETURNS jsonb
  LANGUAGE sql STABLE :definer AS $$
  WITH start AS (SELECT console.window_start(console.local_day()) AS day),
       bills AS (SELECT s.bill_id, max(s.amount) AS amount FROM (
                   SELECT m.bill_id, m.amount FROM start, console.standing_money(ARRAY[c.account_id], start.day) m
                    WHERE m.correction_id IS NULL OR m.correction_id NOT IN (c.id, coalesce(c.reversal_of_id, 0))
                   UNION ALL SELECT c.bill_id, abs(c.amount)) s GROUP BY s.bill_id)
  SELECT CASE WHEN count(*) < 2 THEN '{}' ELSE jsonb_build_object('amount', sum(amount)::text, 'corrections', count(*),
           'since', to_char((SELECT day FROM start), 'YYYY-MM-DD')) END FROM bills $$;

-- Of the accounts of a batch that other corrections stand on, the one that adds up the most with it:
-- {account, amount, corrections, since}, each bill once; empty where there is none.
CREATE OR REPLACE FUNCTION console.accumulated_in(batch bigint) RETURNS jsonb LANGUAGE sql STABLE :definer AS $$
  WITH start AS (SELECT console.window_start(console.local_day()) AS day),
       mine AS (SELECT r.account_id, r.bill_id, abs(r.amount) AS amount FROM console.batch_rows r
                 WHERE r.batch_id = batch AND r.eligible),
       others AS MATERIALIZED (
         SELECT m.account_id, m.bill_id, m.amount
           FROM start, console.standing_money(ARRAY(SELECT DISTINCT account_id FROM mine), start.day) m
          WHERE m.batch_id IS DISTINCT FROM batch),
       bills AS (SELECT s.account_id, s.bill_id, max(s.amount) AS amount FROM (
                   SELECT * FROM mine WHERE account_id IN (SELECT account_id FROM others)
                   UNION ALL SELECT * FROM others) s GROUP BY s.account_id, s.bill_id),
       most AS (SELECT account_id, sum(amount) AS amount, count(*) AS many FROM bills GROUP BY account_id
                 ORDER BY sum(amount) DESC, account_id LIMIT 1)
  SELECT coalesce((SELECT jsonb_build_object('account', a.number, 'amount', most.amount::text,
           'corrections', most.many, 'since', to_char(start.day, 'YYYY-MM-DD'))
    FROM most JOIN commercial.accounts a ON a.id = most.account_id, start), '{}') $$;

-- What a correction or a batch that is still a draft would add up if it were sent now.
CREATE OR REPLACE FUNCTION console.accumulated(correction bigint, batch bigint) RETURNS jsonb
  LANGUAGE sql STABLE :definer AS $$
  SELECT coalesce((SELECT console.accumulated_with(c) FROM console.corrections c WHERE c.id = correction),
                  console.accumulated_in(batch)) $$;

-- Held until the transaction ends. The rows are written, not only locked: of two who send at once the second
-- counts the first, or fails on its old snapshot.
CREATE OR REPLACE FUNCTION console.hold_accounts(wanted integer[]) RETURNS void LANGUAGE plpgsql :definer AS $$
BEGIN
  PERFORM FROM commercial.accounts WHERE id = ANY(wanted) ORDER BY id FOR NO KEY UPDATE;
  UPDATE commercial.accounts SET route = route WHERE id = ANY(wanted);
END $$;
