"""Companies, their people and their contracts."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import roles
from accounts.customers import change_company, change_contact, enter_company, enter_contact
from accounts.errors import NotFound
from accounts.leaving import set_active
from accounts.models import Company, Person
from accounts.queries import access_company, access_person, visible_companies, visible_people
from api.fields import said
from api.parameters import COMPANY, COMPANY_OF, CONTACT, CONTRACT, PAGES
from api.reading import key_in, page_of
from api.shapes.people import (
    CompaniesOut,
    CompanyChangeIn,
    CompanyIn,
    CompanyOut,
    ContactChangeIn,
    ContactIn,
    ContactOut,
    ContactsOut,
    ContractOut,
    ContractsOut,
)
from api.view import ApiView, created, must_match, operation, versioned
from entitlements.queries import visible_contracts


class Companies(ApiView):
    @operation(
        id="companies_list",
        tag="Companies",
        summary="List companies",
        about="The desk's tokens see all, a customer's the own one. By their keys.",
        scope="companies:read",
        gives={200: CompaniesOut},
        parameters=PAGES,
    )
    def get(self, request: Request) -> Response:
        companies = visible_companies(request.user).select_related("account_manager")
        page = page_of(request, companies, "pk")
        return Response(page.told(lambda rows: CompanyOut(rows, many=True).data))

    @operation(
        id="companies_add",
        tag="Companies",
        summary="Add a company",
        scope="companies:write",
        takes=CompanyIn,
        gives={201: CompanyOut},
        example={"name": "Bergmann GmbH", "time_zone": "Europe/Berlin", "country": "DE"},
    )
    def post(self, request: Request) -> Response:
        wanted = _managed(said(CompanyIn, request), request.user)
        company = enter_company(by=request.user, at=request.at, **wanted)
        return created(CompanyOut(company).data, Location=f"/api/v1/companies/{company.pk}/")


class OneCompany(ApiView):
    @operation(
        id="companies_read",
        tag="Companies",
        summary="Read a company",
        scope="companies:read",
        gives={200: CompanyOut},
        parameters=(COMPANY,),
    )
    def get(self, request: Request, company: str) -> Response:
        return versioned(CompanyOut(access_company(request.user, key_in(company))).data)

    @operation(
        id="companies_change",
        tag="Companies",
        summary="Change a company",
        scope="companies:write",
        takes=CompanyChangeIn,
        gives={200: CompanyOut},
        parameters=(COMPANY,),
        example={"region": "emea"},
    )
    def patch(self, request: Request, company: str) -> Response:
        wanted, key = _managed(said(CompanyChangeIn, request), request.user), key_in(company)
        who = {"by": request.user, "at": request.at}
        # Locked before it is compared: of two who have read the same, the second is told.
        change_company(company_id=key, wanted={}, **who)
        must_match(request, CompanyOut(access_company(request.user, key)).data)
        changed: Company = change_company(company_id=key, wanted=wanted, **who)
        return versioned(CompanyOut(changed).data)


class Contacts(ApiView):
    @operation(
        id="contacts_list",
        tag="Companies",
        summary="List people of companies",
        about="The desk's tokens see all, a company admin's the company's, a contact's themselves.",
        scope="companies:read",
        gives={200: ContactsOut},
        parameters=(COMPANY_OF, *PAGES),
    )
    def get(self, request: Request) -> Response:
        people = visible_people(request.user).filter(role__in=roles.CUSTOMERS)
        if "company" in request.query_params:
            company = access_company(request.user, key_in(request.query_params["company"]))
            people = people.filter(company=company)
        page = page_of(request, people, "pk")
        return Response(page.told(lambda rows: ContactOut(rows, many=True).data))

    @operation(
        id="contacts_add",
        tag="Companies",
        summary="Add somebody of a company",
        about="They sign in once they have chosen a password by mail.",
        scope="companies:write",
        takes=ContactIn,
        gives={201: ContactOut},
        example={"company": 7, "name": "Sam Carter", "email": "sam@bergmann.example"},
    )
    def post(self, request: Request) -> Response:
        wanted = said(ContactIn, request)
        wanted["company"] = access_company(request.user, wanted["company"])
        wanted.setdefault("role", roles.CONTACT)
        person = enter_contact(by=request.user, at=request.at, **wanted)
        return created(ContactOut(person).data, Location=f"/api/v1/contacts/{person.pk}/")


class OneContact(ApiView):
    @operation(
        id="contacts_read",
        tag="Companies",
        summary="Read somebody of a company",
        scope="companies:read",
        gives={200: ContactOut},
        parameters=(CONTACT,),
    )
    def get(self, request: Request, contact: str) -> Response:
        return versioned(ContactOut(_contact(request, contact)).data)

    @operation(
        id="contacts_change",
        tag="Companies",
        summary="Change somebody of a company",
        scope="companies:write",
        takes=ContactChangeIn,
        gives={200: ContactOut},
        parameters=(CONTACT,),
        example={"phone": "+49 30 1234567"},
    )
    def patch(self, request: Request, contact: str) -> Response:
        wanted, found = said(ContactChangeIn, request), _contact(request, contact)
        who = {"person_id": found.pk, "by": request.user, "at": request.at}
        change_contact(wanted={}, **who)
        must_match(request, ContactOut(_contact(request, contact)).data)
        if "active" in wanted:
            set_active(is_active=wanted.pop("active"), **who)
        change_contact(wanted=wanted, **who)
        return versioned(ContactOut(_contact(request, contact)).data)


class Contracts(ApiView):
    @operation(
        id="contracts_list",
        tag="Contracts",
        summary="List contracts",
        scope="contracts:read",
        gives={200: ContractsOut},
        parameters=(COMPANY_OF, *PAGES),
    )
    def get(self, request: Request) -> Response:
        contracts = visible_contracts(request.user)
        if "company" in request.query_params:
            company = access_company(request.user, key_in(request.query_params["company"]))
            contracts = contracts.filter(company=company)
        page = page_of(request, contracts, "pk")
        return Response(page.told(lambda rows: ContractOut(rows, many=True).data))


class OneContract(ApiView):
    @operation(
        id="contracts_read",
        tag="Contracts",
        summary="Read a contract",
        scope="contracts:read",
        gives={200: ContractOut},
        parameters=(CONTRACT,),
    )
    def get(self, request: Request, contract: str) -> Response:
        found = visible_contracts(request.user).filter(pk=key_in(contract)).first()
        if found is None:
            raise NotFound
        return Response(ContractOut(found).data)


def _contact(request: Request, key: str) -> Person:
    found = access_person(request.user, key_in(key))
    if not found.is_customer:
        raise NotFound
    return found


def _managed(wanted: dict[str, Any], by: Person) -> dict[str, Any]:
    """Put the account manager in place of their key. Raises NotFound."""
    if wanted.get("account_manager") is not None:
        wanted["account_manager"] = access_person(by, wanted["account_manager"])
    return wanted
