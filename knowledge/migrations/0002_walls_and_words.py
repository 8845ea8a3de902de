"""Walls; the words by which a published version is found, and the two functions that look them up.

A word counts as it stands, by its parts, as a beginning, and in the form that its language gives
it ("replicating" finds "replication"). Row-level security would make the look-up slow (operators
of full text are not leakproof), so they run as the owner, read the tenant that is entered, and
give ids only, which the caller joins to the walled tables.
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
CREATE FUNCTION article_head(of_tenant bigint, language text, title text, summary text)
    RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_to_tsvector(ARRAY['@' || of_tenant::text])
        || setweight(article_part(article_config(language), title), 'A')
        || setweight(article_part(article_config(language), summary), 'B')
$$;

CREATE FUNCTION article_words(
        of_tenant bigint, language text, title text, summary text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT strip(article_head(of_tenant, language, title, summary)
        || article_part(article_config(language), left(body, 50000)))
$$;

ALTER TABLE knowledge_articleversion
    ADD COLUMN head tsvector GENERATED ALWAYS AS (
        article_head(tenant_id, language, title, summary)) STORED,
    ADD COLUMN words tsvector GENERATED ALWAYS AS (
        article_words(tenant_id, language, title, summary, body)) STORED;
CREATE INDEX version_by_head ON knowledge_articleversion USING gin (head);
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

-- What to look for in the articles of each language; '' are all others.
CREATE FUNCTION article_asked(wanted text, with_all boolean)
    RETURNS TABLE (language text, terms tsquery[], asked tsquery, any_of tsquery)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT spoken.language, spoken.terms,
        (SELECT string_agg('(' || t::text || ')', CASE WHEN with_all THEN ' & ' ELSE ' | ' END)
            FROM unnest(spoken.terms) AS t)::tsquery
            && quote_literal('@' || current_setting('app.tenant', true))::tsquery,
        (SELECT string_agg('(' || t::text || ')', ' | ') FROM unnest(spoken.terms) AS t)::tsquery
    FROM (SELECT code AS language, article_terms(wanted, article_config(code)) AS terms
        FROM unnest(ARRAY['en', 'de', '']) AS code) AS spoken
    WHERE cardinality(spoken.terms) > 0
$$;

-- What has all of the words anywhere; first what has them in its title. The index is taken also
-- where the planner has not counted the rows yet.
CREATE FUNCTION search_articles(wanted text, readers text[], at_most int)
    RETURNS TABLE (article_id bigint, place bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_seqscan = off AS $$
DECLARE
    entered bigint := nullif(current_setting('app.tenant', true), '')::bigint;
BEGIN
    IF entered IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH q AS MATERIALIZED (SELECT * FROM article_asked(wanted, true))
    SELECT a.id, row_number() OVER (ORDER BY ts_rank(v.head, q.any_of) DESC, a.id DESC)
    FROM q
    JOIN knowledge_articleversion v ON v.tenant_id = entered AND v.words @@ q.asked
        AND v.audience = ANY (readers)
            AND CASE WHEN v.language ~ '^(en|de)' THEN left(v.language, 2) ELSE '' END = q.language
    JOIN knowledge_article a ON a.id = v.article_id AND a.live_id = v.id
    ORDER BY 2 LIMIT at_most;
END
$$;
REVOKE ALL ON FUNCTION search_articles(text, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_articles(text, text[], int) TO supportdesk_app;

-- What has one of the words in title or summary, and half of them anywhere. Of what the first says
-- the best are read whole: a word that every title has must not read every text.
CREATE FUNCTION suggest_articles(wanted text, readers text[], at_most int)
    RETURNS TABLE (article_id bigint, place bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_seqscan = off AS $$
DECLARE
    entered bigint := nullif(current_setting('app.tenant', true), '')::bigint;
BEGIN
    IF entered IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH q AS MATERIALIZED (SELECT * FROM article_asked(wanted, false)),
    near AS MATERIALIZED (
        SELECT a.id, v.id AS version_id, q.terms, ts_rank(v.head, q.any_of) AS weight,
            (SELECT count(*) FROM unnest(q.terms) AS t WHERE v.head @@ t) AS in_head
        FROM q
        JOIN knowledge_articleversion v ON v.tenant_id = entered AND v.head @@ q.asked
            AND v.audience = ANY (readers)
            AND CASE WHEN v.language ~ '^(en|de)' THEN left(v.language, 2) ELSE '' END = q.language
        JOIN knowledge_article a ON a.id = v.article_id AND a.live_id = v.id
        ORDER BY in_head DESC, weight DESC LIMIT 50
    ), read AS MATERIALIZED (
        SELECT near.id, near.weight, cardinality(near.terms) AS of_all,
            (SELECT count(*) FROM unnest(near.terms) AS t WHERE v.words @@ t) AS hits
        FROM near JOIN knowledge_articleversion v ON v.id = near.version_id
    )
    SELECT r.id, row_number() OVER (ORDER BY r.hits DESC, r.weight DESC, r.id DESC)
    FROM read r WHERE r.hits * 2 >= r.of_all
    ORDER BY 2 LIMIT at_most;
END
$$;
REVOKE ALL ON FUNCTION suggest_articles(text, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION suggest_articles(text, text[], int) TO supportdesk_app;
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
            "ALTER TABLE knowledge_articleversion DROP COLUMN head, DROP COLUMN words;"
            " DROP FUNCTION article_words(bigint, text, text, text, text);"
            " DROP FUNCTION article_head(bigint, text, text, text);"
            " DROP FUNCTION article_part(regconfig, text); DROP FUNCTION article_config(text)",
        ),
        migrations.RunSQL(
            SEARCHING,
            "DROP FUNCTION suggest_articles(text, text[], int);"
            " DROP FUNCTION search_articles(text, text[], int);"
            " DROP FUNCTION article_asked(text, boolean);"
            " DROP FUNCTION article_terms(text, regconfig); DROP FUNCTION article_beginning(text)",
        ),
    ]
