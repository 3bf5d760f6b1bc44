CREATE TABLE catalog.genres (
  slug text PRIMARY KEY,
  name text NOT NULL
);
COMMENT ON TABLE catalog.genres IS 'What movies can be looked for by; a closed list, so that a typing error does not become a genre.';
COMMENT ON COLUMN catalog.genres.slug IS 'As it stands in addresses and in movies.genres.';
COMMENT ON COLUMN catalog.genres.name IS 'As people read it.';

CREATE TABLE catalog.movies (
  id              uuid PRIMARY KEY,
  title           text NOT NULL,
  synopsis        text NOT NULL,
  runtime_minutes integer NOT NULL CHECK (runtime_minutes BETWEEN 1 AND 999),
  rating          text NOT NULL,
  genres          text[] NOT NULL,
  released        date NOT NULL
);
COMMENT ON TABLE catalog.movies IS 'What is shown. A few hundred rows at most: lists read all of them, so there is no index but the key.';
COMMENT ON COLUMN catalog.movies.synopsis IS 'A few sentences that tell no ending.';
COMMENT ON COLUMN catalog.movies.runtime_minutes IS 'Without advertisements and cleaning.';
COMMENT ON COLUMN catalog.movies.rating IS 'From which age, as it is printed on the poster.';
COMMENT ON COLUMN catalog.movies.genres IS 'Slugs of catalog.genres.';
COMMENT ON COLUMN catalog.movies.released IS 'First shown anywhere.';
