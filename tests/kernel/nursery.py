"""Loads the product once and forks the worker command from it as often as asked.

``python -m django work`` spends seconds in imports; what shall be killed at random is the rest.
"""

import ctypes
import os
import signal
import sys

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    __import__("pilotharbor.web.management.commands.work")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The system buries the dead.
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            call_command("work")
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
