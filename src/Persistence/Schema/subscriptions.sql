-- How a Subscription stands follows from its resource, whoever writes that: each version begins with no failed attempt.
CREATE FUNCTION follow_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO subscription (id, status, endpoint, revision, events, attempts, next_attempt_at)
  VALUES (NEW.id, CASE WHEN NEW.deleted THEN 'off' ELSE NEW.content ->> 'status' END,
          coalesce(NEW.content #>> '{channel,endpoint}', ''), NEW.version, 0, 0, NEW.last_updated)
  ON CONFLICT (id) DO UPDATE
  SET status = excluded.status, endpoint = excluded.endpoint, revision = excluded.revision, attempts = 0,
      next_attempt_at = excluded.next_attempt_at;
  RETURN NEW;
END $$;

CREATE TRIGGER follow_subscription_insert AFTER INSERT ON resource FOR EACH ROW WHEN (NEW.type = 'Subscription')
  EXECUTE FUNCTION follow_subscription();
CREATE TRIGGER follow_subscription_update AFTER UPDATE ON resource FOR EACH ROW
  WHEN (NEW.type = 'Subscription' AND NEW.version <> OLD.version) EXECUTE FUNCTION follow_subscription();

-- What a subscriber was told of stands.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['subscription', 'subscription_notice'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION forbid_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', name);
  END LOOP;
END $$;
