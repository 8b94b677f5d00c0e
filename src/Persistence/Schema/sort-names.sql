-- The name that a Patient stands under in a list: family and given name together, of the reading in kana where there is one, else of the
-- first name. It is folded as names are that are searched.
CREATE FUNCTION patient_sort_name(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT s.folded
  FROM (
    SELECT n.place, fold_text(coalesce(
      nullif(concat(n.name->>'family', (
        SELECT string_agg(g.part, '' ORDER BY g.place)
        FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(n.name->'given') = 'array' THEN n.name->'given' END) WITH ORDINALITY AS g(part, place))), ''),
      n.name->>'text')) AS folded
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(content->'name') = 'array' THEN content->'name' END) WITH ORDINALITY AS n(name, place)) AS s
  WHERE s.folded <> ''
  ORDER BY s.folded ~ '^[ァ-ヺー・]+$' DESC, s.place
  LIMIT 1;
$$;

CREATE INDEX ix_resource_patient_name ON resource ((patient_sort_name(content) COLLATE "C"), id) WHERE type = 'Patient' AND NOT deleted;
