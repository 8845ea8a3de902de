"""Articles are suggested while a subject is typed; they never take the way from a case."""

import pytest
from django.conf import settings

from accounts.actions import add_person
from accounts.places import host_of
from accounts.tenancy import tenant
from knowledge.actions import Draft, Place, publish_article, write_article
from knowledge.models import Deflection
from tests.browser.conftest import CHROMIUM
from tests.browser.test_faces import NO_CHROMIUM
from tests.knowledge.writing import WRITTEN_AT
from tests.portal.vendors import open_vendor

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

ADDRESS = "carla@acme.test"


@pytest.fixture
def vendor(transactional_db):
    """Open a desk with an article, and a customer who can sign in."""
    world = open_vendor("metalogix")
    with tenant(world.tenant):
        world.contact.set_password(settings.DEMO_PASSWORD)
        world.contact.save(update_fields=["password"])
        lead = add_person(name="Lea Lead", role="lead", tier=1, email="lea@desk.test")
        draft = Draft("When the weekly import hangs", "Start it again.", "One press is enough.")
        article = write_article(draft=draft, place=Place(), by=lead, at=WRITTEN_AT)
        publish_article(article_id=article.pk, revision=1, by=lead, at=WRITTEN_AT)
    return world.tenant


def test_dd_15_articles_come_while_the_subject_is_typed_and_enter_goes_on(vendor, visit):
    with visit(host_of(vendor), face="portal") as customer:
        page = customer.page
        customer.sign_in(ADDRESS, to="/file/what/")
        page.get_by_label("Problem", exact=True).check()
        page.get_by_label("Subject").press_sequentially("Our weekly import ha")
        page.get_by_role("link", name="When the weekly import hangs").wait_for()
        customer.looks_well("what-suggested")
        page.get_by_label("Subject").press("Enter")
        page.wait_for_url("**/file/situation/")
        customer.open("/file/what/")
        page.get_by_role("button", name="This solved it").click()
        page.get_by_text("Good that it is solved.").wait_for()

    with tenant(vendor):
        assert list(Deflection.objects.values_list("subject", flat=True)) == [
            "Our weekly import ha"
        ]
