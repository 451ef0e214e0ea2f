-- A batch: what its signatures are over. Its rows enter by their own hashes, in the order of their bills.

CREATE OR REPLACE FUNCTION console.batch_content(wanted bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT '||' || concat_ws('|', '1.0', 'LOTE', b.id, b.folio, b.revision, t.code, v.content_hash,
      b.period_from, b.period_to, b.bills, b.proceeding, b.amount,
      encode(sha256(convert_to(b.subject, 'UTF8')), 'hex'), encode(sha256(convert_to(b.reason, 'UTF8')), 'hex'),
      encode(sha256(convert_to(b.inputs::text, 'UTF8')), 'hex'),
      encode(sha256(convert_to(b.signers::text, 'UTF8')), 'hex'),
      (SELECT encode(sha256(convert_to(coalesce(string_agg(r.row_hash, '' ORDER BY r.bill_id), ''), 'UTF8')), 'hex')
         FROM console.batch_rows r WHERE r.batch_id = b.id),
      (SELECT string_agg(concat_ws('|', 'E', e.kind, d.sha256), '|' ORDER BY e.kind, d.sha256)
         FROM console.batch_documents e JOIN console.documents d ON d.id = e.document_id
        WHERE e.batch_id = b.id)) || '||'
    FROM console.correction_batches b JOIN console.anomaly_types t ON t.id = b.anomaly_type_id
    JOIN console.procedure_versions v ON v.id = b.procedure_version_id WHERE b.id = wanted $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA console FROM PUBLIC;
