-- Samples move to a table of their own, each once; versions name them by their hash, that of the tokens before compression.
-- Only the program can decompress, so what is stored already is named by the hash of its compressed form: it is found by
-- whoever has it, and the first to send the same signal again stores it a second time.
ALTER TABLE samples ALTER COLUMN data SET STORAGE EXTERNAL;

INSERT INTO samples (sha256, encoding, data, raw_length)
SELECT DISTINCT ON (sha256(samples)) sha256(samples), encoding, samples, raw_length FROM waveform;

ALTER TABLE waveform DISABLE TRIGGER no_change;
UPDATE waveform SET samples_sha256 = sha256(samples);
ALTER TABLE waveform ENABLE TRIGGER no_change;

CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON samples FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON samples FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
