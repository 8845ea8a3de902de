from accounts.models import Person
from accounts.tenancy import tenant


def test_entry_shows_only_the_rows_of_its_tenant(alpha, beta):
    with tenant(alpha.tenant):
        seen = set(Person.objects.values_list("name", flat=True))

    assert all(name.startswith("cn-alpha-") for name in seen)
