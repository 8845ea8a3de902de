"""Rows in bulk, for lists and speed. What a rule is about is made by actions instead."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Company, Person, Site
from accounts.tenancy import current_tenant_id


class TenantFactory(DjangoModelFactory):
    """Makes rows of the tenant that is entered."""

    class Meta:
        abstract = True

    tenant_id = factory.LazyFunction(current_tenant_id)


class CompanyFactory(TenantFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda number: f"Company {number}")
    country = "DE"


class SiteFactory(TenantFactory):
    class Meta:
        model = Site

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda number: f"Site {number}")


class ContactFactory(TenantFactory):
    class Meta:
        model = Person

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda number: f"Contact {number}")
    email = factory.Sequence(lambda number: f"contact{number}@bulk.test")
    role = Person.Role.CONTACT
    password = "!"  # nobody signs in as one of these


class AgentFactory(TenantFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda number: f"Agent {number}")
    email = factory.Sequence(lambda number: f"agent{number}@bulk.test")
    role = Person.Role.AGENT
    tier = 1
    password = "!"
