-- A procedure version: what its two signatures are over, and how it becomes law.

CREATE OR REPLACE FUNCTION console.version_content(wanted bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT '||' || concat_ws('|', '1.0', 'PROCEDIMIENTO', v.id, p.code, v.number, v.revision, v.valid_from,
      coalesce(v.valid_to::text, ''), v.content_hash,
      encode(sha256(convert_to(v.anomaly_codes::text, 'UTF8')), 'hex'),
      encode(sha256(convert_to(v.definition::text, 'UTF8')), 'hex'),
      encode(sha256(convert_to(v.reason, 'UTF8')), 'hex'), coalesce(d.sha256, '')) || '||'
    FROM console.procedure_versions v JOIN console.procedures p ON p.id = v.procedure_id
    LEFT JOIN console.documents d ON d.id = v.document_id WHERE v.id = wanted $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA console FROM PUBLIC;
