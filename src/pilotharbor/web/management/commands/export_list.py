"""Export a list to a file, for ``./harbor export``."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as translate

from pilotharbor.kernel.errors import DomainError
from pilotharbor.web.transfer import exporter, people


class Command(BaseCommand):
    """Exit 0 when the file was written, 2 when it could not be."""

    # The launcher has checked this harbour; checking again costs seconds.
    requires_system_checks = []
    help = "Export what one may see of a list to CSV or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the launcher passes on."""
        parser.add_argument("kind", choices=sorted(exporter.EXPORTS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, print, and leave with the exit code."""
        del args
        with translation.override(people.terminal_language()):
            sys.exit(self._run(options))

    def _run(self, options: dict[str, Any]) -> int:
        try:
            actor = people.who(options["email"], lambda _actor: True, prefer="export")
            export = exporter.export_of(options["kind"])
            count = exporter.write(export, options["file"], actor=actor)
        except (DomainError, OSError) as refusal:
            self.stderr.write(str(refusal))
            return 2
        if options["json"]:
            said = {"kind": export.name, "file": str(options["file"]), "rows": count}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self.stdout.write(people.introduce(actor))
            done = translate("{count} rows written to {file}.")
            self.stdout.write(done.format(count=count, file=options["file"]))
        return 0
