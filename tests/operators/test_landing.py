def test_landing_lists_every_vendor_with_its_addresses_in_a_demonstration(
    demo, twins, operators, browse
):
    page = browse(operators).get("/").content.decode()

    for slug, twin in twins.items():
        assert twin.tenant.name in page
        for path in ("/", "/desk/", "/admin/", "/mailbox/"):
            assert f'href="http://{slug}.localhost:8000{path}"' in page


def test_landing_tells_who_can_sign_in_and_how(demo, twins, operators, browse):
    page = browse(operators).get("/").content.decode()

    assert "agent1@demo.example" in page
    assert demo.DEMO_PASSWORD in page
    assert "/account/login/?next=/desk-time/" in page


def test_landing_offers_desk_time_to_an_operator(demo, operators, operator, browse):
    page = browse(operators, operator).get("/").content.decode()

    assert "Move desk time" in page
    assert "?next=" not in page


def test_landing_names_no_vendor_outside_of_a_demonstration(settings, twins, operators, browse):
    settings.DEMO = False

    page = browse(operators).get("/").content.decode()

    assert "cn-alpha-" not in page
    assert settings.DEMO_PASSWORD not in page
    assert "Your vendor's desk has an address of its own" in page


def test_landing_lists_vendors_to_an_operator_anywhere(
    settings, twins, operators, operator, browse
):
    settings.DEMO = False

    page = browse(operators, operator).get("/").content.decode()

    assert "cn-alpha-vendor" in page
    assert settings.DEMO_PASSWORD not in page


def test_sign_in_page_lists_the_vendors_own_people_in_a_demonstration(demo, alpha, beta, browse):
    page = browse(alpha.tenant).get("/account/login/").content.decode()

    assert "cn-alpha-agent" in page
    assert "contact@acme.test" in page
    assert "cn-beta-" not in page


def test_sign_in_page_lists_nobody_elsewhere(settings, alpha, browse):
    settings.DEMO = False

    page = browse(alpha.tenant).get("/account/login/").content.decode()

    assert "contact@acme.test" not in page


def test_front_door_is_named_after_what_is_behind_it_and_to_operators_as_theirs(
    demo, operators, operator, browse
):
    stranger = browse(operators).get("/").content.decode()
    inside = browse(operators, operator).get("/").content.decode()

    assert "<title>Front door · Support desks</title>" in stranger
    assert f"<title>Front door · {operators.name}</title>" in inside


def test_sign_in_form_says_each_thing_once(alpha, browse):
    form = browse(alpha.tenant).get("/account/login/").context["form"]

    assert [str(field.label) for field in form] == [
        "E-mail address",
        "Password",
        "Stay signed in on this computer",
    ]
    assert "placeholder" not in str(form)
