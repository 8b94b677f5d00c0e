-- A new version puts the one before it into the history, whoever stores it; a deletion is a version too. A resource never
-- moves to another patient. Under newer rules its index columns, and nothing else, are written anew in place.
CREATE OR REPLACE FUNCTION archive_resource() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.patient IS NOT NULL AND NEW.patient IS DISTINCT FROM OLD.patient THEN
    RAISE EXCEPTION 'a stored resource does not change its patient' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.type <> OLD.type OR NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'a stored resource keeps its type and id' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.version = OLD.version AND NEW.indexed > OLD.indexed
     AND (NEW.last_updated, NEW.source_system, NEW.content, NEW.content_hash, NEW.deleted)
         IS NOT DISTINCT FROM (OLD.last_updated, OLD.source_system, OLD.content, OLD.content_hash, OLD.deleted) THEN
    RETURN NEW;
  END IF;
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'a stored resource changes only by its next version' USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO resource_history (type, id, version, last_updated, content, content_hash, patient, deleted)
  VALUES (OLD.type, OLD.id, OLD.version, OLD.last_updated, OLD.content, OLD.content_hash, OLD.patient, OLD.deleted);
  RETURN NEW;
END $$;

-- Brings spellings of one name together: width (ﾔﾏﾀﾞ, ヤマダ), kana (やまだ), case and accents of Latin letters, and blanks,
-- which no two systems set alike. The server does it, for the process has no tables of Unicode where ICU is not installed.
CREATE FUNCTION fold_text(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(normalize(translate(
    regexp_replace(normalize(normalize(given, NFKC), NFD), U&'[\\s\0300-\036F]', '', 'g'),
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖゝゞ',
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶヽヾ'), NFC));
$$;

-- By status, and by status and priority, in the order of the date. A resource without a priority has an empty one here: an
-- index gives rows in order only behind equalities.
CREATE INDEX ix_resource_status ON resource (type, status, (coalesce(priority, '')), date, id);

-- A span begun before a moment can reach over it. Spans are few, and have an index of their own, so that all others are
-- bounded by one date.
CREATE INDEX ix_resource_span ON resource USING gist (tstzrange(date, date_end, '[]')) WHERE date_end > date;
CREATE INDEX ix_resource_stamped_span ON resource USING gist (tstzrange(stamped, stamped_end, '[]')) WHERE stamped_end > stamped;

-- What is searched rarely and waits in the index's list of pending entries is read one by one: the list is kept short.
CREATE INDEX ix_resource_tokens ON resource USING gin (tokens) WITH (gin_pending_list_limit = 1024);

INSERT INTO search_index (rules) VALUES (0);
