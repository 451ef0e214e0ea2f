-- Spanish-named views for auditors and BI tools. They run with their owner's rights, so the
-- reader needs no right on the tables, and show personal data masked (decisions 13 and 14).

CREATE OR REPLACE VIEW report.cuentas WITH (security_barrier) AS
SELECT a.number AS cuenta, a.holder_initials AS titular_iniciales, a.tariff_class AS uso,
       a.status AS situacion, n.name AS colonia, m.name AS municipio, z.code AS zona_abasto,
       greatest(s.balance, 0) AS adeudo, greatest(-s.balance, 0) AS saldo_a_favor
  FROM commercial.accounts a JOIN console.neighborhoods n ON n.id = a.neighborhood_id
  JOIN console.municipalities m ON m.id = n.municipality_id
  JOIN console.supply_zones z ON z.id = a.supply_zone_id,
       LATERAL (SELECT coalesce(sum(b.balance), 0) AS balance FROM commercial.bills b WHERE b.account_id = a.id) s;

CREATE OR REPLACE VIEW report.recibos WITH (security_barrier) AS
SELECT b.folio AS recibo, a.number AS cuenta, b.period_start AS periodo_desde,
       b.period_end AS periodo_hasta, b.tariff_class AS uso, b.volume AS consumo_m3,
       b.total, b.balance AS saldo
  FROM commercial.bills b JOIN commercial.accounts a ON a.id = b.account_id;

CREATE OR REPLACE VIEW report.correcciones WITH (security_barrier) AS
SELECT c.folio, a.number AS cuenta, b.folio AS recibo, t.name AS causa, p.name AS procedimiento,
       v.number AS procedimiento_version, c.state AS estado, c.revision,
       c.volume_before AS consumo_facturado_m3, c.volume_after AS consumo_corregido_m3,
       c.amount AS diferencia_mxn, e.name AS elaboro, c.drafted_at AS elaborada,
       c.submitted_at AS enviada_a_firma, console.content_hash('corrections', c.id) AS sha256_contenido,
       r.folio AS reversa_de
  FROM console.corrections c JOIN commercial.accounts a ON a.id = c.account_id
  JOIN commercial.bills b ON b.id = c.bill_id
  JOIN console.anomaly_types t ON t.id = c.anomaly_type_id
  JOIN console.procedure_versions v ON v.id = c.procedure_version_id
  JOIN console.procedures p ON p.id = v.procedure_id
  JOIN console.people e ON e.id = c.drafted_by_id
  LEFT JOIN console.corrections r ON r.id = c.reversal_of_id;

CREATE OR REPLACE VIEW report.correcciones_renglones WITH (security_barrier) AS
SELECT c.folio, l.service AS concepto, l.amount_before AS importe_facturado,
       l.tax_before AS iva_facturado, l.amount_after AS importe_corregido, l.tax_after AS iva_corregido
  FROM console.correction_lines l JOIN console.corrections c ON c.id = l.correction_id;

CREATE OR REPLACE VIEW report.firmas WITH (security_barrier) AS
SELECT c.folio, g.revision, s.position AS orden, s.rule AS regla, g.role AS cargo, p.name AS firmo,
       g.acting AS encargado_de_despacho, g.letter AS oficio, g.signed_at AS firmada,
       g.content_hash AS sha256_firmado, a.name AS por_ausencia_de,
       CASE WHEN g.role <> s.role THEN s.role END AS en_suplencia_de
  FROM console.signatures g JOIN console.signature_places s ON s.id = g.place_id
  JOIN console.corrections c ON g.subject = 'corrections' AND c.id = g.subject_id JOIN console.people p ON p.id = g.signer_id
  LEFT JOIN console.people a ON a.id = g.absent_id;

CREATE OR REPLACE VIEW report.notas WITH (security_barrier) AS
SELECT n.folio AS nota, n.kind AS tipo, c.folio AS correccion, b.folio AS recibo, n.amount AS importe,
       n.issued_at AS emitida,
       CASE n.form WHEN 'corrected_bill' THEN 'Recibo corregido' ELSE 'Nota' END AS documento,
       c.instalments AS parcialidades
  FROM commercial.credit_notes n JOIN console.corrections c ON c.id = n.correction_id
  JOIN commercial.bills b ON b.id = n.bill_id;

CREATE OR REPLACE VIEW report.parcialidades WITH (security_barrier) AS
SELECT n.folio AS nota, i.number AS parcialidad, i.due_on AS vence, i.amount AS importe
  FROM console.instalments i JOIN commercial.credit_notes n ON n.id = i.note_id;

CREATE OR REPLACE VIEW report.comprobantes_fiscales WITH (security_barrier) AS
SELECT n.folio AS nota, f.original_uuid AS folio_fiscal_original, f.substitute_uuid AS folio_fiscal_nuevo,
       CASE f.reason WHEN '01' THEN 'Con errores, con relación (01)' WHEN '02' THEN 'Con errores, sin relación (02)'
         WHEN '03' THEN 'No se llevó a cabo la operación (03)' WHEN '04' THEN 'En una factura global (04)'
         ELSE 'No se cancela' END AS motivo,
       CASE f.state WHEN 'pending' THEN 'Pendiente' WHEN 'substituted' THEN 'Timbrado'
         WHEN 'requested' THEN 'Cancelación pedida' WHEN 'accepted' THEN 'Aceptada por el receptor'
         WHEN 'cancelled' THEN 'Original cancelado' END AS estado,
       f.needs_acceptance AS pide_aceptacion, f.opened_at AS abierto
  FROM console.fiscal_records f JOIN commercial.credit_notes n ON n.id = f.note_id;

CREATE OR REPLACE VIEW report.bitacora WITH (security_barrier) AS
SELECT l.seq AS asiento, l.at AS fecha, p.name AS quien, l.role AS cargo, l.act AS acto,
       l.request_id AS solicitud, l.db_user AS usuario_bd, l.program AS programa,
       l.table_name AS tabla, l.row_id AS registro, l.operation AS operacion,
       l.old AS antes, l.new AS despues, z.number AS sello
  FROM audit.log l LEFT JOIN console.people p ON p.id = l.actor_id
  LEFT JOIN audit.sealed z ON z.seq = l.seq;
