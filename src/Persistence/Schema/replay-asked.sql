CREATE OR REPLACE FUNCTION keep_replay_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.key, NEW.selection, NEW.asked, NEW.requested_model, NEW.dry_run, NEW.why, NEW.requested_by, NEW.submitted_at)
     IS DISTINCT FROM (OLD.id, OLD.key, OLD.selection, OLD.asked, OLD.requested_model, OLD.dry_run, OLD.why, OLD.requested_by, OLD.submitted_at) THEN
    RAISE EXCEPTION 'what a replay was asked for does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('cancelled', 'completed') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a finished replay does not go on' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
