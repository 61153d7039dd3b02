"""Which sub-command was asked for?

Every sub-command names a module with ``add_arguments(parser)`` and ``run(args) -> int``; only the
one that is asked for is imported, so that ``--help`` answers at once.
"""

import argparse
import importlib
import sys

from pilotharbor.launcher.console import fail, line
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say

COMMANDS = {
    "up": "pilotharbor.launcher.up",
    "test": "pilotharbor.launcher.testing",
    "check": "pilotharbor.launcher.check",
    "bench": "pilotharbor.launcher.bench",
    "doctor": "pilotharbor.launcher.doctor",
    "voyage": "pilotharbor.launcher.voyage",
    "import": "pilotharbor.web.transfer.cli",
    "export": "pilotharbor.web.transfer.export_cli",
    "match": "pilotharbor.matching.cli",
    "schedule": "pilotharbor.scheduling.cli",
    "found": "pilotharbor.launcher.found",
    "token": "pilotharbor.launcher.tokens",
    "db": "pilotharbor.launcher.db",
    "manage": "pilotharbor.launcher.manage",
    "compile-messages": "pilotharbor.launcher.catalogues",
    "messages": "pilotharbor.launcher.messages",
}


def main(arguments: list[str]) -> int:
    """Run one sub-command; its return value is the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        _help()
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        fail(say("unknown_command", name=name))
        _help()
        return 2
    try:
        module = importlib.import_module(COMMANDS[name])
    except ModuleNotFoundError:
        # Before the environment is made there is no more help than this.
        if not rest or rest[0] not in {"-h", "--help"}:
            raise
        line(f"harbor {name}: {say(f'help_{name}')}")
        line(say("help_later"))
        return 0
    parser = argparse.ArgumentParser(prog=f"harbor {name}", description=say(f"help_{name}"))
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(rest)))
    except Trouble as trouble:
        fail(f"{say('trouble')}{trouble}")
        return 1
    except KeyboardInterrupt:
        return 130


def _help() -> None:
    line(say("help_head"))
    line()
    width = max(len(name) for name in COMMANDS)
    for name in COMMANDS:
        line(f"  ./harbor {name.ljust(width)}  {say(f'help_{name}')}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
