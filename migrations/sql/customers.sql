-- What offices that read no address may still know: which accounts earlier holders had at the same
-- premise. There is no register of premises; the premise is the same street in the same colonia, and an
-- earlier holder one whose account began before this one did. It answers keys and days, no address.
CREATE OR REPLACE FUNCTION console.earlier_holders(accounts integer[])
  RETURNS TABLE (account_id integer, earlier_id integer, opened_on date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, e.id, a.opened_on FROM commercial.accounts a
    JOIN commercial.accounts e ON e.neighborhood_id = a.neighborhood_id AND e.street = a.street
                              AND e.opened_on < a.opened_on
   WHERE a.id = ANY (accounts) $$;

-- For auditors and reporting tools (see corrections/report.sql).
CREATE OR REPLACE VIEW report.cuentas WITH (security_barrier) AS
SELECT a.number AS cuenta, a.holder_initials AS titular_iniciales, a.tariff_class AS uso,
       a.status AS situacion, n.name AS colonia, m.name AS municipio, z.code AS zona_abasto,
       greatest(s.balance, 0) AS adeudo, greatest(-s.balance, 0) AS saldo_a_favor
  FROM commercial.accounts a JOIN console.neighborhoods n ON n.id = a.neighborhood_id
  JOIN console.municipalities m ON m.id = n.municipality_id
  JOIN console.supply_zones z ON z.id = a.supply_zone_id,
       LATERAL (SELECT coalesce(sum(b.balance), 0) AS balance FROM commercial.bills b WHERE b.account_id = a.id) s;
