-- What the application promises, the database holds it to. Whoever owns the tables can still switch triggers off: give the
-- worker's role neither ownership nor UPDATE on audit and resource_history where that matters.

-- Nothing is deleted, and what is history does not change.
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is not allowed: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['resource_history', 'waveform', 'rejected_input', 'audit'] LOOP
    EXECUTE format('CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['resource', 'study', 'intake_event'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
  END LOOP;
END $$;

-- A new version puts the one before it into the history, whoever stores it. A resource never moves to another patient.
CREATE FUNCTION archive_resource() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.type <> OLD.type OR NEW.id <> OLD.id OR NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'a stored resource changes only by its next version' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.patient IS NOT NULL AND NEW.patient IS DISTINCT FROM OLD.patient THEN
    RAISE EXCEPTION 'a stored resource does not change its patient' USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO resource_history (type, id, version, last_updated, content, content_hash, patient)
  VALUES (OLD.type, OLD.id, OLD.version, OLD.last_updated, OLD.content, OLD.content_hash, OLD.patient);
  RETURN NEW;
END $$;

CREATE TRIGGER archive BEFORE UPDATE ON resource FOR EACH ROW EXECUTE FUNCTION archive_resource();

-- The first outcome stands. Only a failed study is opened again, by a later event with the same ECG.
CREATE FUNCTION keep_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'received' AND NEW.status <> OLD.status
     AND NOT (TG_TABLE_NAME = 'study' AND OLD.status = 'failed' AND NEW.status = 'received') THEN
    RAISE EXCEPTION 'the outcome of % is final', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_outcome BEFORE UPDATE ON study FOR EACH ROW EXECUTE FUNCTION keep_outcome();
CREATE TRIGGER keep_outcome BEFORE UPDATE ON intake_event FOR EACH ROW EXECUTE FUNCTION keep_outcome();

-- Each audit record carries a hash over itself and the hash before it; number, time and hash are the database's own.
CREATE FUNCTION audit_hash(previous bytea, sequence bigint, at timestamptz, actor text, action text, resource text, patient text, results integer)
RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
    sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, action, resource, patient, results)::text, 'UTF8'));
$$;

CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_sequence bigint; last_hash bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(4912650010);
  SELECT a.sequence, a.hash INTO last_sequence, last_hash FROM audit a ORDER BY a.sequence DESC LIMIT 1;
  NEW.sequence := coalesce(last_sequence, 0) + 1;
  NEW.at := clock_timestamp();
  NEW.hash := audit_hash(last_hash, NEW.sequence, NEW.at, NEW.actor, NEW.action, NEW.resource, NEW.patient, NEW.results);
  RETURN NEW;
END $$;

CREATE TRIGGER chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION chain_audit();

-- Compressed already: a second compression would only cost time.
ALTER TABLE waveform ALTER COLUMN samples SET STORAGE EXTERNAL;
ALTER TABLE rejected_input ALTER COLUMN body SET STORAGE EXTERNAL;
