"""A kind of work for tests: it writes the number of each item into the vendor's list of sites."""

import time
from datetime import datetime

from accounts.errors import DomainError
from accounts.models import Company, Site
from accounts.tenancy import current_tenant_id
from jobs.models import Job
from jobs.registry import JobKind, Part, register

KIND = "test_number_sites"
SECRET = "test_of_operators"
WITH_PAGE = "test_with_page"


class Refused(DomainError):
    code = "refused_by_test"
    message = "Item %(item)d cannot be done."


def plan(job: Job, at: datetime) -> list[Part]:
    sizes = job.params["sizes"]
    firsts = [sum(sizes[:place]) for place in range(len(sizes))]
    return [
        Part({"first": first, "items": size}, size)
        for first, size in zip(firsts, sizes, strict=True)
    ]


def work(job: Job, params: dict, at: datetime) -> dict:
    company = Company.objects.order_by("pk").first()
    items = list(range(params["first"], params["first"] + params["items"]))
    for item in items:
        Site.objects.create(
            tenant_id=current_tenant_id(), company=company, name=f"{job.pk} item {item}"
        )
        time.sleep(job.params.get("rest_ms", 0) / 1000)
        if item == job.params.get("refused"):
            raise Refused(item=item)
        if item == job.params.get("broken"):
            raise KeyError(item)
    return {"items": items}


def finish(job: Job, results: list[dict], at: datetime) -> dict:
    return {"items": [item for result in results for item in result["items"]]}


register(KIND, JobKind(title="Number the sites", plan=plan, work=work, finish=finish))
register(
    SECRET,
    JobKind(title="For operators", plan=plan, work=work, finish=finish, may="see_tenants"),
)
register(
    WITH_PAGE,
    JobKind(
        title="With a page",
        plan=plan,
        work=work,
        finish=finish,
        url=lambda job: "/desk/",
        describe=lambda job: [f"{job.done} items are done"],
    ),
)


def done_items(job: Job) -> list[int]:
    """List what the job has left behind, in order, in the tenant that is entered."""
    names = Site.objects.filter(name__startswith=f"{job.pk} item ").values_list("name", flat=True)
    return sorted(int(name.rsplit(" ", 1)[1]) for name in names)
