"""Companies, their people and their contracts."""

from rest_framework import serializers

from accounts import roles
from accounts.languages import spoken
from accounts.models import COUNTRY
from api.fields import KeyField, NamedOut, Said, Told
from api.shapes.cases import ProductOut

ROLES = sorted(roles.CUSTOMERS)
LONGEST_NAME = 200


class CompanyOut(Told):
    id = serializers.IntegerField()
    name = serializers.CharField()
    time_zone = serializers.CharField(help_text="Empty: the vendor's.")
    country = serializers.CharField()
    region = serializers.CharField()
    account_manager = NamedOut(allow_null=True)


class CompaniesOut(Told):
    results = CompanyOut(many=True)
    next = serializers.CharField(allow_null=True)


class CompanyChangeIn(Said):
    name = serializers.CharField(required=False, max_length=LONGEST_NAME)
    time_zone = serializers.CharField(required=False, max_length=64, allow_blank=True)
    country = serializers.RegexField(COUNTRY, required=False, allow_blank=True)
    region = serializers.CharField(required=False, max_length=40, allow_blank=True)
    account_manager = KeyField(required=False, allow_null=True)


class CompanyIn(CompanyChangeIn):
    name = serializers.CharField(max_length=LONGEST_NAME)


class ContactOut(Told):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLES)
    company = NamedOut()
    site = NamedOut(allow_null=True)
    time_zone = serializers.CharField(help_text="Empty: as the site or the company.")
    language = serializers.CharField()
    may_file = serializers.BooleanField()
    sees_company = serializers.BooleanField()
    sees_points = serializers.BooleanField()
    active = serializers.BooleanField(source="is_active")


class ContactsOut(Told):
    results = ContactOut(many=True)
    next = serializers.CharField(allow_null=True)


class ContactChangeIn(Said):
    name = serializers.CharField(required=False, max_length=LONGEST_NAME)
    email = serializers.EmailField(required=False, max_length=254, allow_blank=True)
    phone = serializers.CharField(required=False, max_length=40, allow_blank=True)
    role = serializers.ChoiceField(required=False, choices=ROLES)
    time_zone = serializers.CharField(required=False, max_length=64, allow_blank=True)
    language = serializers.CharField(required=False, max_length=10)
    may_file = serializers.BooleanField(required=False)
    sees_company = serializers.BooleanField(required=False)
    sees_points = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False, help_text="False: lets them in no more.")

    def validate_language(self, said: str) -> str:
        return spoken(said)


class ContactIn(ContactChangeIn):
    name = serializers.CharField(max_length=LONGEST_NAME)
    active = None  # whoever is added is let in
    company = KeyField()


class ContractLineOut(Told):
    subscription = serializers.CharField()
    users = serializers.IntegerField(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class ContractOut(Told):
    id = serializers.IntegerField()
    company = NamedOut()
    plan = serializers.CharField(help_text="A code of the policy; empty where it sells none.")
    product = ProductOut(allow_null=True, help_text="Null: all products.")
    edition = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The last day; null: open-ended.")
    renewal_contact = NamedOut(allow_null=True)
    lines = ContractLineOut(many=True)


class ContractsOut(Told):
    results = ContractOut(many=True)
    next = serializers.CharField(allow_null=True)
