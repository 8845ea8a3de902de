"""The long work of an import, as the jobs know it: reading, looking through, taking over."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.models import Job
from jobs.registry import JobKind, register
from transfer.import_checking import finish_check, plan_check, work_check
from transfer.import_reading import finish_reading, plan_reading, work_reading
from transfer.import_taking import finish_taking, plan_taking, work_taking
from transfer.importing import CHECK, READ, TAKE
from transfer.models import ImportRun


def register_imports() -> None:
    """Tell the jobs how imports are done."""
    kinds = (
        (READ, gettext_lazy("Reading an import"), plan_reading, work_reading, finish_reading),
        (CHECK, gettext_lazy("Looking an import through"), plan_check, work_check, finish_check),
        (TAKE, gettext_lazy("Taking an import over"), plan_taking, work_taking, finish_taking),
    )
    for kind, title, plan, work, finish in kinds:
        how = JobKind(
            title=title,
            plan=plan,
            work=work,
            finish=finish,
            may="move_data",
            url=_page,
            describe=_describe,
        )
        register(kind, how)


def _page(job: Job) -> str:
    return reverse("admin:import_run", args=[job.params["run"]])


def _describe(job: Job) -> Iterable[str]:
    run = ImportRun.objects.filter(pk=job.params["run"]).first()
    return [_("File: %(name)s") % {"name": run.file_name}] if run else []
