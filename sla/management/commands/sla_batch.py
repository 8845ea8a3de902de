import sys

from django.core.management.base import BaseCommand

from sla.batch.answers import answers


class Command(BaseCommand):
    help = (
        "Answer each line of JSON on stdin with what would be promised, and why, on stdout. "
        "docs/sla-batch.md has the fields of a line and of its answer, with examples."
    )
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        for answer in answers(sys.stdin.buffer):
            self.stdout.write(answer)
            self.stdout.flush()
