"""Corrections of the past, so that no list of the benches is empty: rows that nobody signed, for measures alone."""

# Each is given `every`: one bill of so many has one. By their number: applied, rejected, withdrawn.
EVERY = 120     # of 4.8 million, 40,000
PAST = {
    "console.corrections": """
INSERT INTO console.corrections (folio, bill_id, account_id, anomaly_type_id, procedure_version_id, state, reason,
       inputs, eligible, volume_before, volume_after, amount, memoria, drafted_by_id, drafted_at, submitted_at)
SELECT 'M-' || b.id, b.id, b.account_id, t.id, v.id,
       CASE b.id / %(every)s %% 10 WHEN 0 THEN 'rejected' WHEN 1 THEN 'withdrawn' ELSE 'applied' END,
       'Medición.', '{"days": 6}', true, b.volume, b.volume,
       -round(b.total / 5, 2), '[]', (SELECT min(person_id) FROM console.appointments WHERE role = 'staff'),
       b.issued_on + time '16:00' + b.id %% 20 * interval '1 day', b.issued_on + interval '21 days'
  FROM commercial.bills b, console.procedure_versions v JOIN console.anomaly_types t ON v.anomaly_codes ? t.code
 WHERE b.id %% %(every)s = 0 AND b.total > 1 AND v.id = (SELECT min(id) FROM console.procedure_versions)
   AND t.id = (SELECT min(a.id) FROM console.anomaly_types a JOIN console.procedure_versions w
                   ON w.anomaly_codes ? a.code WHERE w.id = v.id)
   AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)""",
    "console.correction_lines": """
INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before, amount_after,
       tax_percent_after, tax_after)
SELECT c.id, l.position, l.service, l.amount, l.tax, round(l.amount * 0.8, 2), l.tax_percent, round(l.tax * 0.8, 2)
  FROM console.corrections c JOIN commercial.bill_lines l ON l.bill_id = c.bill_id WHERE c.folio LIKE 'M-%%'""",
    "commercial.credit_notes": """
INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount, issued_at)
SELECT 'N-' || c.id, 'credit', c.bill_id, c.id, abs(c.amount), c.submitted_at
  FROM console.corrections c WHERE c.state = 'applied' AND c.folio LIKE 'M-%%'""",
    "commercial.credit_note_lines": """
INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)
SELECT n.id, l.position, l.service, l.amount_before - l.amount_after, l.tax_before - l.tax_after
  FROM commercial.credit_notes n JOIN console.correction_lines l USING (correction_id) WHERE n.folio LIKE 'N-%%'""",
    "console.fiscal_records": """
INSERT INTO console.fiscal_records (note_id, original_uuid, opened_at)
SELECT n.id, b.fiscal_uuid, n.issued_at FROM commercial.credit_notes n JOIN commercial.bills b ON b.id = n.bill_id
 WHERE n.folio LIKE 'N-%%'""",
    "console.notices": """
INSERT INTO console.notices (folio, template_id, state_since, about, about_id, account_id, subject, body, written_at,
                             addressee, address, deliver_by, state, delivered_on, received_by)
SELECT 'C-' || c.id, (SELECT min(id) FROM console.letter_templates), c.submitted_at, 'corrections', c.id, c.account_id,
       'Corrección ' || c.folio, repeat('Una carta. ', 40), c.submitted_at, 'Titular de ejemplo', 'Calle de ejemplo 1',
       c.submitted_at::date + 14,
       CASE WHEN c.id %% 50 = 0 THEN 'drafted' ELSE 'delivered' END, c.submitted_at::date + 5,
       'Titular de ejemplo'
  FROM console.corrections c WHERE c.state = 'applied' AND c.folio LIKE 'M-%%'""",
}
