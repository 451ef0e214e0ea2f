-- For auditors and reporting tools (see corrections/report.sql).
CREATE OR REPLACE VIEW report.bitacora WITH (security_barrier) AS
SELECT l.seq AS asiento, l.at AS fecha, p.name AS quien, l.role AS cargo, l.act AS acto,
       l.request_id AS solicitud, l.db_user AS usuario_bd, l.program AS programa,
       l.table_name AS tabla, l.row_id AS registro, l.operation AS operacion,
       l.old AS antes, l.new AS despues, z.number AS sello
  FROM audit.log l LEFT JOIN console.people p ON p.id = l.actor_id
  LEFT JOIN audit.sealed z ON z.seq = l.seq;
