-- Views for auditors and reporting tools. They run with their owner's rights, so that the reader needs no right on the
-- tables, and show personal data masked.

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
