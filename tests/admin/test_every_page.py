"""Every page of the admin, as manager of beta with alpha's twin rows beside it: nothing shows."""

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from accounts.models import Brand, Company, Person, Site, Team
from accounts.tenancy import tenant
from desk.admin_site import site
from entitlements.models import Contract, Download, Licence, Product, Release
from sla.models import PolicyDraft
from tests.entitlements.lifecycle.storage import raise_lifecycle

# What a manager may change here, row by row; the policy and the vendor's face have pages of their
# own.
WRITABLE = {Company, Site, Person, Team, Product, Contract, Release, Licence, Download}
NO_ROW = 987_654_321

MODELS = sorted(site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if model in WRITABLE]
EVERY_MODEL = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
OF_ONE_ROW = ("change", "history", "delete")


def url(model, page, *arguments):
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=arguments)


def rows_of(twin, model):
    with tenant(twin.tenant):
        return list(model.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture(autouse=True)
def lifecycle(alpha, beta):
    """Give both what they do not stand with: releases, licences, downloads."""
    for twin in (alpha, beta):
        with tenant(twin.tenant):
            raise_lifecycle(twin)


@pytest.fixture
def manager(browse, beta):
    return browse(beta.tenant, beta.manager)


def text_of(response):
    return response.content.decode()


@EVERY_MODEL
def test_list_shows_own_rows_only(manager, alpha, beta, model):
    page = manager.get(url(model, "changelist"))

    assert page.status_code == 200
    assert beta.canary in text_of(page)
    assert alpha.canary not in text_of(page)


def test_people_are_filtered_by_the_roles_that_a_vendor_has(manager):
    page = text_of(manager.get(url(Person, "changelist")))

    offered = {role for role in Person.Role.values if f"?role__exact={role}" in page}
    assert offered == set(Person.Role.values) - {"operator"}


@EVERY_MODEL
def test_search_for_the_other_vendor_finds_nothing(manager, alpha, model):
    page = manager.get(url(model, "changelist"), {"q": alpha.canary})

    assert page.context["cl"].result_count == 0


@EVERY_MODEL
def test_form_for_a_new_row_offers_own_rows_only(manager, alpha, model):
    page = manager.get(url(model, "add"))

    assert page.status_code == 200
    assert alpha.canary not in text_of(page)


@EVERY_MODEL
@pytest.mark.parametrize("page", OF_ONE_ROW)
def test_pages_of_own_rows_name_nobody_else(manager, alpha, beta, model, page):
    for pk in rows_of(beta, model):
        answer = manager.get(url(model, page, pk))

        # Nobody deletes themselves.
        own = model is Person and pk == beta.manager.pk and page == "delete"
        assert answer.status_code == (403 if own else 200)
        assert alpha.canary not in text_of(answer)


@EVERY_MODEL
@pytest.mark.parametrize("page", OF_ONE_ROW)
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_vendors_rows_are_as_if_there_were_none(manager, alpha, model, page, method):
    ask = getattr(manager, method)
    missing = ask(url(model, page, NO_ROW))

    for pk in rows_of(alpha, model):
        answer = ask(url(model, page, pk), {"post": "yes"} if method == "post" else {})

        assert answer.status_code == missing.status_code == 404
        assert text_of(answer) == text_of(missing)


@EVERY_MODEL
def test_deleting_selected_foreign_rows_deletes_nothing(manager, alpha, model):
    before = rows_of(alpha, model)

    manager.post(
        url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": before, "post": "yes"},
    )

    assert rows_of(alpha, model) == before


AUTOCOMPLETED = [
    (model, name)
    for model, model_admin in site._registry.items()
    for name in model_admin.autocomplete_fields
]


@pytest.mark.parametrize(("model", "field"), AUTOCOMPLETED)
def test_autocomplete_finds_own_rows_only(manager, beta, model, field):
    asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}

    found = manager.get(reverse("admin:autocomplete"), asked | {"field_name": field, "term": "cn-"})

    names = [row["text"] for row in found.json()["results"]]
    assert names
    assert all(name.startswith(beta.canary) for name in names)


def test_recent_actions_and_history_are_the_vendors_own(manager, alpha, beta):
    with tenant(alpha.tenant):
        LogEntry.objects.create(
            user=alpha.manager,
            content_type=ContentType.objects.get_for_model(Company),
            object_id=str(beta.company.pk),
            object_repr=f"{alpha.canary}repr",
            action_flag=ADDITION,
        )

    index = manager.get(reverse("admin:index"))
    history = manager.get(url(Company, "history", beta.company.pk))

    assert alpha.canary not in text_of(index) + text_of(history)


def test_log_entries_belong_to_the_vendor_where_they_were_made(manager, alpha, beta):
    manager.post(
        url(Team, "add"),
        {"name": "Night shift", "tier": "", **no_rows("memberships")},
    )

    with tenant(beta.tenant):
        assert [entry.object_repr for entry in LogEntry.objects.all()] == ["Night shift"]
    with tenant(alpha.tenant):
        assert not LogEntry.objects.exists()


def no_rows(prefix):
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


def test_probing_a_password_by_the_filters_is_refused(manager, beta):
    for lookup in ("password__startswith", "password"):
        answer = manager.get(url(Person, "changelist"), {lookup: "md5"})

        assert answer.status_code == 400


def test_pop_ups_name_rows_by_their_key_only(manager):
    answer = manager.get(url(Person, "changelist"), {"_to_field": "password", "_popup": "1"})

    assert answer.status_code == 400


def test_published_list_of_writable_models_is_complete(beta, rf):
    request = rf.get("/admin/")
    request.user = beta.manager

    with tenant(beta.tenant):
        writable = {
            model
            for model, model_admin in site._registry.items()
            if model_admin.has_add_permission(request)
            or model_admin.has_change_permission(request)
            or model_admin.has_delete_permission(request)
        }

    assert writable == WRITABLE | {PolicyDraft, Brand}


def test_no_page_of_django_for_any_object_of_any_model(manager, beta):
    company = ContentType.objects.get_for_model(Company)

    answer = manager.get(f"/admin/r/{company.pk}/{beta.company.pk}/")

    assert answer.status_code == 404
