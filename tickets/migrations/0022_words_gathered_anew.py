"""The words of cases: nothing is lost that is said while they are gathered anew.

And the look-up leaves out what somebody may not see before it counts, finds the case in which a
contact's own goes on, and takes the index also for words that many cases have.
"""

import importlib

from django.db import migrations, models

before = importlib.import_module("tickets.migrations.0021_search")

# Locked first: a message that is just being said has its words in the row when its transaction has
# ended, and only what is read after that sees it.
KEEPING = """
CREATE OR REPLACE FUNCTION keep_case_words(of_tenant bigint, of_case bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    one record;
    told tsvector;
    desk tsvector;
    said text;
BEGIN
    PERFORM FROM tickets_casewords w
    WHERE w.tenant_id = of_tenant AND w.case_id = of_case FOR UPDATE;
    SELECT c.subject, company.name AS company, contact.name AS contact, contact.email INTO one
    FROM tickets_case c
    JOIN accounts_company company ON company.tenant_id = c.tenant_id AND company.id = c.company_id
    JOIN accounts_person contact ON contact.tenant_id = c.tenant_id AND contact.id = c.contact_id
    WHERE c.tenant_id = of_tenant AND c.id = of_case;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- The tenant as a word of its own: the index then finds nothing of another's.
    told := with_words(array_to_tsvector(ARRAY['@' || of_tenant]),
        concat_ws(' ', one.subject, one.company, one.contact));
    FOR said IN SELECT m.body FROM tickets_message m
        WHERE m.tenant_id = of_tenant AND m.case_id = of_case ORDER BY m.id
    LOOP
        told := with_words(told, said);
    END LOOP;
    desk := with_words(told, one.email);
    FOR said IN SELECT n.body FROM tickets_internalnote n
        WHERE n.tenant_id = of_tenant AND n.case_id = of_case ORDER BY n.id
    LOOP
        desk := with_words(desk, said);
    END LOOP;
    FOR said IN SELECT t.name FROM tickets_casetag x
        JOIN tickets_tag t ON t.tenant_id = x.tenant_id AND t.id = x.tag_id
        WHERE x.tenant_id = of_tenant AND x.case_id = of_case
    LOOP
        desk := with_words(desk, said);
    END LOOP;
    INSERT INTO tickets_casewords AS w (tenant_id, case_id, told, desk)
    VALUES (of_tenant, of_case, told, desk)
    ON CONFLICT (tenant_id, case_id) DO UPDATE SET told = excluded.told, desk = excluded.desk;
END
$$;
"""

# In the order of the cases, so that two that rename at once do not wait for one another.
RENAMED = """
CREATE OR REPLACE FUNCTION words_renamed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    concerned bigint[];
    one bigint;
BEGIN
    IF TG_TABLE_NAME = 'accounts_company' THEN
        concerned := ARRAY(SELECT c.id FROM tickets_case c
            WHERE c.tenant_id = NEW.tenant_id AND c.company_id = NEW.id ORDER BY c.id);
    ELSIF TG_TABLE_NAME = 'accounts_person' THEN
        concerned := ARRAY(SELECT c.id FROM tickets_case c
            WHERE c.tenant_id = NEW.tenant_id AND c.contact_id = NEW.id ORDER BY c.id);
    ELSE
        concerned := ARRAY(SELECT x.case_id FROM tickets_casetag x
            WHERE x.tenant_id = NEW.tenant_id AND x.tag_id = NEW.id ORDER BY x.case_id);
    END IF;
    FOREACH one IN ARRAY concerned LOOP
        PERFORM keep_case_words(NEW.tenant_id, one);
    END LOOP;
    RETURN NULL;
END
$$;
"""

# `but`: the cases that the asker may not see.
SEARCHING = """
DROP FUNCTION search_cases(text, boolean, bigint, bigint, int);
CREATE FUNCTION search_cases(
        wanted text, is_desk boolean, of_company bigint, of_contact bigint, at_most int,
        but bigint[] DEFAULT '{}')
    RETURNS TABLE (case_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_seqscan = off AS $$
DECLARE
    entered bigint := nullif(current_setting('app.tenant', true), '')::bigint;
    asked tsquery := words_query(wanted);
BEGIN
    IF entered IS NULL OR asked IS NULL THEN
        RETURN;
    END IF;
    IF is_desk THEN
        asked := asked && quote_literal('@' || entered)::tsquery;
        RETURN QUERY EXECUTE
            'WITH found AS MATERIALIZED (SELECT w.case_id FROM tickets_casewords w
                WHERE w.desk @@ $2 AND w.tenant_id = $1 AND w.case_id <> ALL ($4))
            SELECT found.case_id FROM found ORDER BY found.case_id DESC LIMIT $3'
        USING entered, asked, at_most, but;
    ELSE
        RETURN QUERY EXECUTE
            'WITH theirs AS MATERIALIZED (SELECT c.id FROM tickets_case c
                WHERE c.tenant_id = $1 AND ($4 IS NULL OR c.company_id = $4)
                AND ($5 IS NULL OR c.contact_id = $5)
                UNION SELECT m.merged_into_id FROM tickets_case m
                WHERE m.tenant_id = $1 AND m.contact_id = $5 AND m.merged_into_id IS NOT NULL)
            SELECT w.case_id FROM theirs
            JOIN tickets_casewords w ON w.tenant_id = $1 AND w.case_id = theirs.id
            WHERE w.told @@ $2 ORDER BY w.case_id DESC LIMIT $3'
        USING entered, asked, at_most, of_company, of_contact;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION search_cases(text, boolean, bigint, bigint, int, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_cases(text, boolean, bigint, bigint, int, bigint[])
    TO supportdesk_app;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0021_search")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_restricted", True)),
                fields=["tenant", "id"],
                name="case_restricted",
            ),
        ),
        migrations.RunSQL(KEEPING, ""),
        migrations.RunSQL(RENAMED, ""),
        migrations.RunSQL(
            SEARCHING,
            "DROP FUNCTION search_cases(text, boolean, bigint, bigint, int, bigint[]);"
            + before.SEARCHING,
        ),
    ]
