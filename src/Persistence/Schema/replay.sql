-- Who asked for what and why stands, and no replay is deleted.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['replay_job', 'replay_item'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
  END LOOP;
END $$;

CREATE FUNCTION keep_replay_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.key, NEW.selection, NEW.requested_model, NEW.dry_run, NEW.why, NEW.requested_by, NEW.submitted_at)
     IS DISTINCT FROM (OLD.id, OLD.key, OLD.selection, OLD.requested_model, OLD.dry_run, OLD.why, OLD.requested_by, OLD.submitted_at) THEN
    RAISE EXCEPTION 'what a replay was asked for does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('cancelled', 'completed') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a finished replay does not go on' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_request BEFORE UPDATE ON replay_job FOR EACH ROW EXECUTE FUNCTION keep_replay_request();

CREATE FUNCTION keep_replay_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'done' THEN
    RAISE EXCEPTION 'the result of a replayed ECG is final' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_result BEFORE UPDATE ON replay_item FOR EACH ROW EXECUTE FUNCTION keep_replay_result();
