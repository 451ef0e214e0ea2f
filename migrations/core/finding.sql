-- What a person types, as a prefix query over normalised words: «Núñ lop» -> 'nun':* & 'lop':*.
CREATE OR REPLACE FUNCTION console.prefixes(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(quote_literal(w) || ':*', ' & '), '')
    FROM regexp_split_to_table(console.normalise(words), '[^a-z0-9]+') w WHERE w <> '' $$;
