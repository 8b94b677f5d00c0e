-- A record of several patients carries all of them in its hash; one of at most one patient has the hash it always had.
CREATE FUNCTION audit_hash(
  previous bytea, sequence bigint, at timestamptz, actor text, action text, resource text, patient text, results integer, other_patients text[])
RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(previous, ''::bytea) || convert_to((jsonb_build_array(
    sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, action, resource, patient, results)
    || CASE WHEN other_patients IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(to_jsonb(other_patients)) END)::text, 'UTF8'));
$$;

CREATE OR REPLACE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_sequence bigint; last_hash bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(4912650010);
  SELECT a.sequence, a.hash INTO last_sequence, last_hash FROM audit a ORDER BY a.sequence DESC LIMIT 1;
  NEW.sequence := coalesce(last_sequence, 0) + 1;
  NEW.at := clock_timestamp();
  NEW.hash := audit_hash(
    last_hash, NEW.sequence, NEW.at, NEW.actor, NEW.action, NEW.resource, NEW.patient, NEW.results, NEW.other_patients);
  RETURN NEW;
END $$;

DROP FUNCTION audit_hash(bytea, bigint, timestamptz, text, text, text, text, integer);
