-- What offices that read no address may still know: which accounts earlier holders had at the same
-- premise. There is no register of premises; the premise is the same street in the same colonia, and an
-- earlier holder one whose account began before this one did. It answers keys and days, no address.
CREATE OR REPLACE FUNCTION console.earlier_holders(accounts integer[])
  RETURNS TABLE (account_id integer, earlier_id integer, opened_on date) LANGUAGE sql STABLE :definer AS $$
  SELECT a.id, e.id, a.opened_on FROM commercial.accounts a
    JOIN commercial.accounts e ON e.neighborhood_id = a.neighborhood_id AND e.street = a.street
                              AND e.opened_on < a.opened_on
   WHERE a.id = ANY (accounts) $$;
