"""Walls; the words by which a published version is found, and the one function that looks them up.

A word counts as it stands, by its parts, as a beginning, and in the form that its language gives
it ("replicating" finds "replication"). Row-level security would make the look-up slow (operators
of full text are not leakproof), so it runs as the owner, reads the tenant that is entered, and
gives ids only, which the caller joins to the walled tables.
"""

from django.db import migrations

from accounts.walls import InsertOnly, RaiseWalls

WORDS = r"""
CREATE FUNCTION article_config(language text) RETURNS regconfig
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE left(language, 2)
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        WHEN 'de' THEN 'pg_catalog.german'::regconfig
        ELSE 'pg_catalog.simple'::regconfig END
$$;

CREATE FUNCTION article_part(config regconfig, said text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_tsvector(config, said) || to_tsvector('pg_catalog.simple'::regconfig, said)
        || to_tsvector(
            'pg_catalog.simple'::regconfig, regexp_replace(said, '[^[:alnum:]]+', ' ', 'g'))
$$;

-- The tenant as a word of its own: the index then finds nothing of another's.
CREATE FUNCTION article_words(
        of_tenant bigint, language text, title text, summary text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_to_tsvector(ARRAY['@' || of_tenant::text])
        || setweight(article_part(article_config(language), title), 'A')
        || setweight(article_part(article_config(language), summary), 'B')
        || setweight(article_part(article_config(language), left(body, 50000)), 'D')
$$;

ALTER TABLE knowledge_articleversion ADD COLUMN words tsvector
    GENERATED ALWAYS AS (article_words(tenant_id, language, title, summary, body)) STORED;
CREATE INDEX version_by_words ON knowledge_articleversion USING gin (words);
"""

SEARCHING = r"""
CREATE FUNCTION article_beginning(term text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(
        quote_literal(lexeme) || CASE WHEN length(lexeme) > 2 THEN ':*' ELSE '' END, ' & '
    )::tsquery
    FROM unnest(to_tsvector('pg_catalog.simple'::regconfig, term))
$$;

-- A query for each word that says something in a language; its "the" and "and" say nothing.
CREATE FUNCTION article_terms(wanted text, config regconfig) RETURNS tsquery[]
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    term text;
    whole tsquery;
    parts tsquery;
    terms tsquery[] := '{}';
BEGIN
    FOR term IN
        SELECT left(one, 60) FROM regexp_split_to_table(left(wanted, 200), '\s+') AS one
        WHERE one ~ '[[:alnum:]]' LIMIT 15
    LOOP
        CONTINUE WHEN length(to_tsvector(config, term)) = 0;
        whole := article_beginning(term);
        parts := article_beginning(regexp_replace(term, '[^[:alnum:]]+', ' ', 'g'));
        whole := coalesce(whole || parts, whole, parts);
        terms := terms || (whole || plainto_tsquery(config, term));
    END LOOP;
    RETURN terms;
END
$$;

-- `share`: of the words at least so many in a hundred; `place` counts from the best.
CREATE FUNCTION search_articles(wanted text, readers text[], share int, at_most int)
    RETURNS TABLE (article_id bigint, place bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entered bigint := nullif(current_setting('app.tenant', true), '')::bigint;
BEGIN
    IF entered IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH spoken AS (
        SELECT one.config, article_terms(wanted, one.config) AS terms
        FROM unnest(ARRAY['english', 'german', 'simple']::regconfig[]) AS one(config)
    ), asked AS MATERIALIZED (
        SELECT s.config, s.terms,
            (SELECT string_agg('(' || t::text || ')', ' | ')::tsquery FROM unnest(s.terms) AS t)
                AS any_of
        FROM spoken s WHERE cardinality(s.terms) > 0
    ), found AS MATERIALIZED (
        SELECT a.id, ts_rank(v.words, q.any_of) AS weight, cardinality(q.terms) AS of_all,
            (SELECT count(*) FROM unnest(q.terms) AS t WHERE v.words @@ t) AS hits
        FROM asked q
        JOIN knowledge_articleversion v ON v.tenant_id = entered
            AND v.words @@ (q.any_of && quote_literal('@' || entered)::tsquery)
            AND article_config(v.language) = q.config
        JOIN knowledge_article a ON a.tenant_id = v.tenant_id AND a.live_id = v.id
        WHERE v.audience = ANY (readers)
    )
    SELECT f.id, row_number() OVER (ORDER BY f.hits DESC, f.weight DESC, f.id DESC)
    FROM found f WHERE f.hits * 100 >= f.of_all * share
    ORDER BY 2 LIMIT at_most;
END
$$;
REVOKE ALL ON FUNCTION search_articles(text, text[], int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_articles(text, text[], int, int) TO supportdesk_app;
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [
        RaiseWalls(
            "Category",
            "Article",
            "ArticleVersion",
            "ArticleProduct",
            "Feedback",
            "Deflection",
            "Document",
            "DocumentFile",
            "TrainingDate",
        ),
        InsertOnly("ArticleVersion", "Deflection"),
        migrations.RunSQL(
            WORDS,
            "DROP INDEX version_by_words;"
            " ALTER TABLE knowledge_articleversion DROP COLUMN words;"
            " DROP FUNCTION article_words(bigint, text, text, text, text);"
            " DROP FUNCTION article_part(regconfig, text); DROP FUNCTION article_config(text)",
        ),
        migrations.RunSQL(
            SEARCHING,
            "DROP FUNCTION search_articles(text, text[], int, int);"
            " DROP FUNCTION article_terms(text, regconfig); DROP FUNCTION article_beginning(text)",
        ),
    ]
