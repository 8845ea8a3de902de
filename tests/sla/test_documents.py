import pytest

from accounts.tenancy import tenant
from sla.documents import assemble, fill, policy_of, read_rows, write_rows
from sla.engine.document import canonical_text, document_of, parse_document, text_of
from sla.models import PolicyDraft
from sla.queries import working_copy
from tests.packs import POLICIES, pack_for, publish
from tests.sla.everything import EVERYTHING

PACKS = ("metalogix", "scalix", "msp", "datadynamics")
DOCUMENTS = [
    pytest.param(lambda pack=pack: (POLICIES / f"{pack}.toml").read_text(), id=pack)
    for pack in PACKS
] + [pytest.param(lambda: EVERYTHING, id="everything")]


@pytest.mark.parametrize("read", DOCUMENTS)
def test_rows_of_a_document_assemble_to_the_same_text(read):
    policy = parse_document(read())

    again = policy_of(fill(document_of(read())))

    assert again == policy
    assert canonical_text(again) == canonical_text(policy)


@pytest.mark.parametrize("read", DOCUMENTS)
def test_assembled_rows_fill_the_same_rows(read):
    document = document_of(read())

    again = document_of(text_of(assemble(fill(document))))

    assert again == document


@pytest.mark.parametrize("text", [EVERYTHING, pack_for("alpha", "metalogix")])
def test_saved_rows_are_read_as_they_were_written(entered, alpha, text):
    draft = PolicyDraft.objects.create(tenant=alpha.tenant, sections="", updated_at=entered)

    write_rows(draft, fill(document_of(text)))

    assert canonical_text(policy_of(read_rows(draft))) == canonical_text(parse_document(text))


def test_exceptions_of_a_calendar_are_read_by_their_positions(entered, alpha):
    draft = PolicyDraft.objects.create(tenant=alpha.tenant, sections="", updated_at=entered)
    write_rows(draft, fill(document_of(EVERYTHING)))
    calendar = next(one for one in draft.calendars.all() if one.exceptions.count() > 1)
    written = list(calendar.exceptions.order_by("position"))
    for row in written:
        row.position = len(written) - 1 - row.position
        row.save(update_fields=["position"])

    read = next(one for one in read_rows(draft).calendars if one.row == calendar)

    assert read.exceptions == written[::-1]


def test_rows_written_twice_are_not_there_twice(entered, alpha):
    draft = PolicyDraft.objects.create(tenant=alpha.tenant, sections="", updated_at=entered)
    rows = fill(document_of(EVERYTHING))

    write_rows(draft, rows)
    write_rows(draft, read_rows(draft))

    assert canonical_text(policy_of(read_rows(draft))) == canonical_text(parse_document(EVERYTHING))


def test_loaded_file_fills_the_working_copy(alpha, beta):
    publish(alpha, "scalix")
    publish(beta, "msp")

    for twin, pack in ((alpha, "scalix"), (beta, "msp")):
        with tenant(twin.tenant):
            policy = policy_of(read_rows(working_copy()))

        assert canonical_text(policy) == canonical_text(
            parse_document(pack_for(twin.tenant.slug, pack))
        )
