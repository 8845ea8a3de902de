"""load_policy and sla_batch as they are called."""

import json
from io import BytesIO, StringIO
from types import SimpleNamespace

from django.core.management import CommandError, call_command

from accounts.models import Tenant
from accounts.tenancy import tenant
from sla.actions import save_targets
from sla.models import PolicyVersion
from sla.publishing import publish_draft
from tests.packs import POLICIES, pack_for
from tests.sla.test_batch import BETWEEN, SCALIX
from tests.sla.working import numbers, revision, with_hours

PACKS = [str(POLICIES / f"{pack}.toml") for pack in ("metalogix", "scalix", "msp", "datadynamics")]


def load(*files, **options):
    """Run load_policy; give what it printed and what it complained of."""
    said, complained = StringIO(), StringIO()
    try:
        call_command("load_policy", *map(str, files), stdout=said, stderr=complained, **options)
    except CommandError as error:
        return said.getvalue().splitlines(), complained.getvalue().splitlines(), error.returncode
    return said.getvalue().splitlines(), complained.getvalue().splitlines(), 0


def batch(monkeypatch, *given):
    said = StringIO()
    stream = BytesIO(b"".join(json.dumps(line).encode() + b"\n" for line in given))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stream))
    call_command("sla_batch", stdout=said)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def version_numbers(slug):
    with tenant(Tenant.objects.get(slug=slug)):
        return numbers()


def test_four_packs_make_four_vendors(db):
    said, complained, status = load(*PACKS)

    assert (said, complained, status) == (
        [f"{file}: published version 1" for file in PACKS],
        [],
        0,
    )
    vendor = Tenant.objects.get(slug="scalix")
    assert (vendor.time_zone, vendor.case_prefix) == ("America/Los_Angeles", "SX")
    assert version_numbers("scalix") == [1]


def test_loading_again_publishes_nothing(db):
    load(*PACKS)

    said, _complained, status = load(*PACKS)

    assert (said, status) == ([f"{file}: unchanged, version 1" for file in PACKS], 0)
    assert version_numbers("msp") == [1]


def test_dry_run_makes_no_vendor(db):
    said, _complained, status = load(*PACKS, dry_run=True)

    assert [line for line in said if not line.startswith("  ")] == [
        f"{file}: would be published" for file in PACKS
    ]
    assert status == 0
    assert not Tenant.objects.filter(slug="scalix").exists()


def test_every_fault_of_every_file_is_told_and_nothing_is_published(db, tmp_path):
    broken, binary, missing = tmp_path / "a.toml", tmp_path / "b.toml", tmp_path / "c.toml"
    broken.write_text(pack_for("acme", "msp").replace('"P2"]', '"P7"]').replace("minutes", "mins"))
    binary.write_bytes(b"\xff\xfe")

    said, complained, status = load(PACKS[0], broken, binary, missing)

    assert (said, status) == ([], 1)
    assert all(line.startswith(f"{broken}:") for line in complained[:-2])
    assert len(complained) > 5
    assert complained[-2:] == [
        f"{binary}:1: This is not UTF-8: column 1 has the byte ff. Save the file as UTF-8.",
        f"{missing}: No such file or directory",
    ]
    assert not Tenant.objects.filter(slug__in=["metalogix", "acme"]).exists()


def test_unpublished_edits_are_kept_unless_told_otherwise(alpha, tmp_path):
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(pack_for("alpha", "metalogix"))
    second.write_text(pack_for("alpha", "msp"))
    load(first)
    with tenant(alpha.tenant) as at:
        rows = with_hours("MX-20", 4)
        save_targets(by=alpha.manager, at=at, revision=revision(), targets=rows)

    said, complained, status = load(second)
    again, _none, fine = load(second, replace=True)

    assert (said, status) == ([], 1)
    assert complained[0].startswith(f"{second}: The working copy has changes")
    assert (again, fine) == ([f"{second}: published version 2"], 0)


def test_what_a_manager_published_is_not_taken_back_silently(alpha, tmp_path):
    file = tmp_path / "alpha.toml"
    file.write_text(pack_for("alpha", "metalogix"))
    load(file)
    with tenant(alpha.tenant) as at:
        rows = with_hours("MX-20", 4)
        save_targets(by=alpha.manager, at=at, revision=revision(), targets=rows)
        publish_draft(by=alpha.manager, at=at, revision=revision())

    looked, told, failed = load(file, dry_run=True)
    said, complained, status = load(file)
    replaced, _none, fine = load(file, replace=True)

    assert [line.rpartition(": ")[2] for line in looked] == [
        "4 business hours, Metalogix portal hours → 8 business hours, Metalogix portal hours"
    ]
    assert (told[0], failed) == (complained[0], 1)
    assert (said, status) == ([], 1)
    assert complained[0].startswith(f"{file}: {alpha.manager.name} published version 2 on ")
    assert (replaced, fine) == ([f"{file}: published version 3"], 0)


def test_prefix_that_no_vendor_can_have_is_told(db, tmp_path):
    file = tmp_path / "acme.toml"
    file.write_text(pack_for("acme", "msp").replace('"MSP"', '"MSP2"', 1))

    said, complained, status = load(file)

    assert (said, status, len(complained)) == ([], 1, 1)
    assert complained[0].startswith(f"{file}:9: case_prefix: ")
    assert not Tenant.objects.filter(slug="acme").exists()


def test_batch_answers_by_the_version_published_last(db, monkeypatch, tmp_path):
    load(*PACKS)
    changed = tmp_path / "scalix.toml"
    text = (POLICIES / "scalix.toml").read_text()
    changed.write_text(
        text.replace(
            'hours = 4 }\ncalendar = "basic"\nsource = "SP-16"',
            'hours = 1 }\ncalendar = "basic"\nsource = "SP-16"',
        )
    )
    before = batch(monkeypatch, SCALIX)
    load(changed)

    after = batch(monkeypatch, SCALIX, BETWEEN, {"id": 3})

    assert [answer["target"] for answer in before] == ["4 business hours"]
    assert [answer.get("target") for answer in after] == ["1 business hour", None, None]
    assert [answer["ok"] for answer in after] == [True, True, False]


def test_batch_knows_no_vendor_without_a_policy(alpha, operators, monkeypatch):
    with tenant(alpha.tenant):
        assert not PolicyVersion.objects.exists()

    found = batch(
        monkeypatch,
        *({"id": slug, "op": "due", "vendor": slug} for slug in ("alpha", operators.slug, "none")),
    )

    assert [answer["error"]["code"] for answer in found] == ["unknown_policy"] * 3


def test_batch_reads_each_policy_once(db, monkeypatch, django_assert_max_num_queries):
    load(*PACKS)

    # The vendor, the entry with its savepoint and exit, the version and its text.
    with django_assert_max_num_queries(7):
        found = batch(monkeypatch, *[SCALIX] * 50)

    assert all(answer["ok"] for answer in found)
