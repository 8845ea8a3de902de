"""export_policy as it is called; what it writes is a fixed point."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.tenancy import tenant
from sla.actions import load_document, save_targets
from sla.documents import fill, policy_of
from sla.engine.document import canonical_text, checksum, document_of, parse_document
from sla.models import PolicyVersion
from tests.packs import LONG_AGO, pack_for
from tests.policies.packs import VENDORS
from tests.sla.everything import EVERYTHING
from tests.sla.working import revision, with_hours

# Of the products that it names each twin has one.
WITH_PRODUCT = EVERYTHING.replace('["anvil", "rope"]', '["product"]').replace(
    '["anvil"]', '["product"]'
)
TEXTS = {vendor: pack_for("alpha", vendor) for vendor in VENDORS} | {"everything": WITH_PRODUCT}


def export(*arguments):
    said = StringIO()
    call_command("export_policy", *map(str, arguments), stdout=said)
    return said.getvalue()


def load(twin, text, **options):
    with tenant(twin.tenant) as at:
        return load_document(text=text, by=None, at=at, **options)


@pytest.mark.parametrize("name", TEXTS)
def test_exported_loaded_and_exported_again_is_the_same(alpha, beta, tmp_path, name):
    load(alpha, TEXTS[name])
    first = export("alpha")

    again = load(alpha, first)
    moved = load(beta, first.replace('vendor = "alpha"', 'vendor = "beta"', 1))

    assert (again.number, again.is_new, moved.is_new) == (1, False, True)
    assert export("alpha") == first
    assert export("beta") == first.replace('vendor = "alpha"', 'vendor = "beta"', 1)
    with tenant(alpha.tenant):
        version = PolicyVersion.objects.get()
        assert (version.document, version.checksum) == (first, checksum(first))


@pytest.mark.parametrize("name", TEXTS)
def test_working_copy_is_exported_as_the_version_it_came_from(alpha, name):
    load(alpha, TEXTS[name])

    assert export("alpha", "--draft") == export("alpha")


@pytest.mark.parametrize("name", TEXTS)
def test_rows_of_a_working_copy_stand_for_the_same_bytes(name):
    canonical = canonical_text(parse_document(TEXTS[name]))

    assert canonical_text(policy_of(fill(document_of(canonical)))) == canonical


def test_file_has_the_same_bytes_as_the_output(alpha, tmp_path):
    load(alpha, TEXTS["everything"])
    file = tmp_path / "alpha.toml"

    assert export("alpha", "--out", file) == ""
    assert file.read_bytes() == export("alpha").encode()


def test_other_versions_and_unpublished_changes_are_written_when_asked_for(alpha):
    load(alpha, TEXTS["metalogix"])
    load(alpha, TEXTS["msp"], replace_edits=True)
    load(alpha, TEXTS["metalogix"], replace_edits=True)
    with tenant(alpha.tenant) as at:
        rows = with_hours("MX-20", 4)
        save_targets(by=alpha.manager, at=at, revision=revision(), targets=rows)

    in_effect = export("alpha")

    assert in_effect == canonical_text(parse_document(TEXTS["metalogix"]))
    assert export("alpha", "--version", 2) == canonical_text(parse_document(TEXTS["msp"]))
    changed = export("alpha", "--draft")
    assert changed.count("hours = 4") == in_effect.count("hours = 4") + 1
    assert load(alpha, changed, replace_edits=True).number == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody"], "There is no vendor “nobody”."),
        (["alpha"], "alpha: No support policy is in effect here yet"),
        (["alpha", "--draft"], "alpha: There is no working copy yet"),
        (["alpha", "--version", "7"], "No version is published yet; --draft writes the working"),
    ],
)
def test_what_is_not_there_is_said(alpha, arguments, told):
    with pytest.raises(CommandError) as refused:
        export(*arguments)

    assert str(refused.value).startswith(told)


def test_version_that_there_is_not_is_refused_with_those_that_there_are(alpha):
    load(alpha, TEXTS["msp"])
    load(alpha, TEXTS["scalix"])

    with pytest.raises(CommandError) as refused:
        export("alpha", "--version", 9)

    assert str(refused.value) == "There is no version 9. There are: 1, 2."


def test_place_that_cannot_be_written_is_said(alpha, tmp_path):
    with tenant(alpha.tenant):
        load_document(text=TEXTS["msp"], by=None, at=LONG_AGO)

    with pytest.raises(CommandError, match="Is a directory"):
        export("alpha", "--out", tmp_path)
