-- The offices (no login) and the logins that may wear them. Roles belong to the cluster, so a
-- second database, or a second test at once, finds them made.
DO $$
DECLARE
  wears jsonb := '{
    "console_tier_staff": ["staff"],
    "console_tier_directors": ["unit_head", "commercial_director", "operations_director",
                               "works_director", "general_director"],
    "console_tier_auditor": ["auditor"],
    "console_tier_systems": ["administrator"],
    "console_tier_public": [],
    "console_tier_sealer": [],
    "console_gate": []}';
  login text; office text;
BEGIN
  -- One maker at a time across the whole cluster's databases would need a shared lock that
  -- PostgreSQL lacks; a role made meanwhile is simply found.
  FOR login IN SELECT jsonb_object_keys(wears) LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', login);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    FOR office IN SELECT jsonb_array_elements_text(wears -> login) LOOP
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', 'console_' || office);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
      IF NOT EXISTS (SELECT FROM pg_auth_members m
                      JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member
                     WHERE r.rolname = 'console_' || office AND l.rolname = login) THEN
        EXECUTE format('GRANT %I TO %I', 'console_' || office, login);
      END IF;
    END LOOP;
  END LOOP;
END $$;
