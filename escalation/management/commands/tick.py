import time

from django.core.management.base import BaseCommand

from escalation.tick import tick


class Command(BaseCommand):
    help = "Fire the escalation steps that are due, once or until stopped."

    def add_arguments(self, parser):
        parser.add_argument(
            "--loop", type=float, metavar="SECONDS", help="tick again after so long"
        )

    def handle(self, *args, loop, **options):
        while True:
            done = tick()
            self.stdout.write(f"{done.cases} cases, {done.steps} steps, {done.failed} set aside")
            if loop is None:
                return
            time.sleep(loop)
