-- For auditors and reporting tools (see corrections/report.sql).
CREATE OR REPLACE VIEW report.recibos WITH (security_barrier) AS
SELECT b.folio AS recibo, a.number AS cuenta, b.period_start AS periodo_desde,
       b.period_end AS periodo_hasta, b.tariff_class AS uso, b.volume AS consumo_m3,
       b.total, b.balance AS saldo
  FROM commercial.bills b JOIN commercial.accounts a ON a.id = b.account_id;
