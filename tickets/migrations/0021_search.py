"""Search: the words of each case, kept by triggers, and the one function that looks them up.

Row-level security makes full-text operators slow (they are not leakproof), so the look-up runs as
the owner, reads the tenant that is entered, and gives ids only, which the caller joins to the
walled tables. What a customer searches is a vector of its own, without a word of the desk's.
"""

import django.db.models.deletion
from django.db import migrations, models

import accounts.walls
import tickets.search_models
from accounts.walls import RaiseWalls

# Each word as it stands, and its parts: "5.5.2", "user@acme.test", "mx-1042". Stripped: a vector
# has room for a megabyte, and what is said on a case must never be refused for its words.
WORDS = r"""
CREATE FUNCTION words_of(said text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT strip(to_tsvector('simple'::regconfig, part)
        || to_tsvector('simple'::regconfig, regexp_replace(part, '[^[:alnum:]]+', ' ', 'g')))
    FROM left(said, 100000) AS part
$$;

CREATE FUNCTION with_words(known tsvector, said text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN strip(known || words_of(coalesce(said, '')));
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN known;
END
$$;

-- All words of a term, each as the beginning of one; the shortest as they stand.
CREATE FUNCTION words_begun(term text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT string_agg(
        quote_literal(lexeme) || CASE WHEN length(lexeme) > 2 THEN ':*' ELSE '' END, ' & '
    )::tsquery
    FROM unnest(to_tsvector('simple'::regconfig, term))
$$;

-- All terms; each as it stands, or by its parts. NULL where there is nothing to look for.
CREATE FUNCTION words_query(wanted text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    term text;
    whole tsquery;
    parts tsquery;
    asked tsquery;
BEGIN
    FOR term IN
        SELECT left(one, 60) FROM regexp_split_to_table(left(wanted, 200), '\s+') AS one
        WHERE one ~ '[[:alnum:]]' LIMIT 10
    LOOP
        whole := words_begun(term);
        parts := words_begun(regexp_replace(term, '[^[:alnum:]]+', ' ', 'g'));
        whole := coalesce(whole || parts, whole, parts);
        asked := coalesce(asked && whole, asked, whole);
    END LOOP;
    RETURN asked;
END
$$;
"""

# Of a tenant and a case; rebuilt where something changes that is not only added.
KEEPING = """
CREATE FUNCTION keep_case_words(of_tenant bigint, of_case bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    one record;
    told tsvector;
    desk tsvector;
    said text;
BEGIN
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

CREATE FUNCTION words_of_case() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM keep_case_words(NEW.tenant_id, NEW.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION words_of_message() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE tickets_casewords w
    SET told = with_words(w.told, NEW.body), desk = with_words(w.desk, NEW.body)
    WHERE w.tenant_id = NEW.tenant_id AND w.case_id = NEW.case_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION words_of_note() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE tickets_casewords w SET desk = with_words(w.desk, NEW.body)
    WHERE w.tenant_id = NEW.tenant_id AND w.case_id = NEW.case_id;
    RETURN NULL;
END
$$;

-- Of what belongs to a case: something was changed or taken away.
CREATE FUNCTION words_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM keep_case_words(OLD.tenant_id, OLD.case_id);
    ELSE
        PERFORM keep_case_words(NEW.tenant_id, NEW.case_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION words_renamed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_company' THEN
        PERFORM keep_case_words(c.tenant_id, c.id) FROM tickets_case c
        WHERE c.tenant_id = NEW.tenant_id AND c.company_id = NEW.id;
    ELSIF TG_TABLE_NAME = 'accounts_person' THEN
        PERFORM keep_case_words(c.tenant_id, c.id) FROM tickets_case c
        WHERE c.tenant_id = NEW.tenant_id AND c.contact_id = NEW.id;
    ELSE
        PERFORM keep_case_words(x.tenant_id, x.case_id) FROM tickets_casetag x
        WHERE x.tenant_id = NEW.tenant_id AND x.tag_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER words_begin AFTER INSERT ON tickets_case
    FOR EACH ROW EXECUTE FUNCTION words_of_case();
CREATE TRIGGER words_change AFTER UPDATE OF subject, company_id, contact_id ON tickets_case
    FOR EACH ROW WHEN ((OLD.subject, OLD.company_id, OLD.contact_id)
        IS DISTINCT FROM (NEW.subject, NEW.company_id, NEW.contact_id))
    EXECUTE FUNCTION words_of_case();
CREATE TRIGGER words_begin AFTER INSERT ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION words_of_message();
CREATE TRIGGER words_change AFTER UPDATE OF body, case_id OR DELETE ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION words_changed();
CREATE TRIGGER words_begin AFTER INSERT ON tickets_internalnote
    FOR EACH ROW EXECUTE FUNCTION words_of_note();
CREATE TRIGGER words_change AFTER UPDATE OF body, case_id OR DELETE ON tickets_internalnote
    FOR EACH ROW EXECUTE FUNCTION words_changed();
CREATE TRIGGER words_change AFTER INSERT OR UPDATE OR DELETE ON tickets_casetag
    FOR EACH ROW EXECUTE FUNCTION words_changed();
CREATE TRIGGER words_renamed AFTER UPDATE OF name ON tickets_tag
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION words_renamed();
CREATE TRIGGER words_renamed AFTER UPDATE OF name ON accounts_company
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION words_renamed();
CREATE TRIGGER words_renamed AFTER UPDATE OF name, email ON accounts_person
    FOR EACH ROW WHEN ((OLD.name, OLD.email) IS DISTINCT FROM (NEW.name, NEW.email))
    EXECUTE FUNCTION words_renamed();

CREATE INDEX words_for_desk ON tickets_casewords USING gin (desk);
SELECT keep_case_words(tenant_id, id) FROM tickets_case;
-- The keys of the rows are looked at now: a table whose checks wait cannot be changed any more.
SET CONSTRAINTS ALL IMMEDIATE;
"""

# What is found is found by the index first, materialized: a plan that walks the newest cases until
# it has enough would read every vector where a word is rare. A customer's own cases are few, and
# their search touches no word of the desk's.
SEARCHING = """
CREATE FUNCTION search_cases(
        wanted text, is_desk boolean, of_company bigint, of_contact bigint, at_most int)
    RETURNS TABLE (case_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
                WHERE w.desk @@ $2 AND w.tenant_id = $1)
            SELECT found.case_id FROM found ORDER BY found.case_id DESC LIMIT $3'
        USING entered, asked, at_most;
    ELSE
        RETURN QUERY EXECUTE
            'WITH theirs AS MATERIALIZED (SELECT c.id FROM tickets_case c
                WHERE c.tenant_id = $1 AND ($4 IS NULL OR c.company_id = $4)
                AND ($5 IS NULL OR c.contact_id = $5))
            SELECT w.case_id FROM theirs
            JOIN tickets_casewords w ON w.tenant_id = $1 AND w.case_id = theirs.id
            WHERE w.told @@ $2 ORDER BY w.case_id DESC LIMIT $3'
        USING entered, asked, at_most, of_company, of_contact;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION search_cases(text, boolean, bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_cases(text, boolean, bigint, bigint, int) TO supportdesk_app;
"""

# Real time: a held answer is sent so many seconds after its button was pressed.
HELD = """
CREATE FUNCTION due_held_answers(per_tenant int) RETURNS TABLE (tenant_id bigint, held_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT tenant.id, due.id
    FROM accounts_tenant tenant
    CROSS JOIN LATERAL (
        SELECT h.id FROM tickets_heldanswer h
        WHERE h.tenant_id = tenant.id AND h.state = 'held' AND h.send_at <= statement_timestamp()
        ORDER BY h.send_at
        LIMIT per_tenant
    ) due
$$;
REVOKE ALL ON FUNCTION due_held_answers(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_held_answers(int) TO supportdesk_app;
"""

TAKEN_DOWN = """
DROP TRIGGER words_begin ON tickets_case;
DROP TRIGGER words_change ON tickets_case;
DROP TRIGGER words_begin ON tickets_message;
DROP TRIGGER words_change ON tickets_message;
DROP TRIGGER words_begin ON tickets_internalnote;
DROP TRIGGER words_change ON tickets_internalnote;
DROP TRIGGER words_change ON tickets_casetag;
DROP TRIGGER words_renamed ON tickets_tag;
DROP TRIGGER words_renamed ON accounts_company;
DROP TRIGGER words_renamed ON accounts_person;
DROP INDEX words_for_desk;
DROP FUNCTION words_of_case();
DROP FUNCTION words_of_message();
DROP FUNCTION words_of_note();
DROP FUNCTION words_changed();
DROP FUNCTION words_renamed();
DROP FUNCTION keep_case_words(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_skill_walls"),
        ("tickets", "0019_reopen_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told", tickets.search_models.WordsField()),
                ("desk", tickets.search_models.WordsField()),
                (
                    "case",
                    accounts.walls.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to="tickets.case",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "case"), name="words_once_a_case")
                ],
            },
        ),
        RaiseWalls("CaseWords"),
        migrations.RunSQL(
            WORDS,
            "DROP FUNCTION words_query(text); DROP FUNCTION words_begun(text);"
            " DROP FUNCTION with_words(tsvector, text); DROP FUNCTION words_of(text)",
        ),
        migrations.RunSQL(KEEPING, TAKEN_DOWN),
        migrations.RunSQL(
            SEARCHING, "DROP FUNCTION search_cases(text, boolean, bigint, bigint, int)"
        ),
        migrations.RunSQL(HELD, "DROP FUNCTION due_held_answers(int)"),
    ]
