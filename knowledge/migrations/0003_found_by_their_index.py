"""Articles are found by the index of their words, whatever the planner has counted.

Where nobody had analyzed the tables yet, it read all of a vendor's versions by their tenant and
compared each whole text: seconds for five thousand. The tenant is a word of the index, so that its
column is only looked at afterwards (`+ 0`: by no index), and each language is asked by itself.
Suggestions are looked up in title and summary, which are short, and stay as they are.
"""

from django.db import migrations

SEARCH = r"""
CREATE OR REPLACE FUNCTION search_articles(wanted text, readers text[], at_most int)
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
    SELECT a.id, row_number() OVER (ORDER BY ts_rank(hit.head, q.any_of) DESC, a.id DESC)
    FROM q CROSS JOIN LATERAL (
        SELECT v.id, v.article_id, v.head FROM knowledge_articleversion v
        WHERE v.words @@ q.asked AND v.tenant_id + 0 = entered AND v.audience = ANY (readers)
            AND CASE WHEN v.language ~ '^(en|de)' THEN left(v.language, 2) ELSE '' END = q.language
        OFFSET 0
    ) hit
    JOIN knowledge_article a ON a.id = hit.article_id AND a.live_id = hit.id
    ORDER BY 2 LIMIT at_most;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_walls_and_words")]

    # What they answer is the same, so that nothing has to be put back.
    operations = [migrations.RunSQL(SEARCH, migrations.RunSQL.noop)]
