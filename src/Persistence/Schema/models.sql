-- Who changed which role and why stands, and what a model in the shadow said is not rewritten.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['model_role_history', 'shadow_result'] LOOP
    EXECUTE format('CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
  END LOOP;
  EXECUTE 'CREATE TRIGGER no_delete BEFORE DELETE ON model_role FOR EACH ROW EXECUTE FUNCTION forbid_change()';
  EXECUTE 'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON model_role FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()';
END $$;

-- Both rows are there from the first: a change is always an update, and two that race wait for each other.
INSERT INTO model_role (role, since) VALUES ('active', now()), ('shadow', now());
