"""Does a management command end with whoever runs it, however that ends?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pilotharbor.launcher import managed
from pilotharbor.launcher.paths import ROOT, SETTINGS
from pilotharbor.launcher.trouble import Trouble
from tests.launcher.conftest import gone, on_linux, plain_environment

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    "PILOTHARBOR_DB_URL": "postgresql://nobody@127.0.0.1:9/none",
    "PILOTHARBOR_SECRET_KEY": "test",
    "DJANGO_SETTINGS_MODULE": SETTINGS,
    "PYTHONUNBUFFERED": "1",
}
# A launcher of its own that runs one endless command under a guard, or under what is left of it.
RUNNER = """
import os, signal, sys
from pilotharbor.launcher import managed
from pilotharbor.launcher.guard import Guard

# Where the tests run in the background, Ctrl-C is ignored until somebody asks for it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, ".")
by_kernel, by_guard = sys.argv[1] == "kernel", sys.argv[1] == "guard"
if not by_kernel:
    managed.die_with_parent = lambda _sig: None
guard = Guard()
if by_guard:
    guard.start()
code = "import os, time; print(os.getpid()); time.sleep(100)"
managed.run_django(["shell", "-v0", "-c", code], dict(os.environ), guard=guard, say=print)
"""


def started(tie: str) -> tuple[subprocess.Popen, int]:
    """A launcher that runs an endless command, and the number of that command's process."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", RUNNER, tie],
        cwd=ROOT,
        env=plain_environment(**ENVIRONMENT),
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, int(process.stdout.readline())


@pytest.mark.parametrize("tie", [pytest.param("kernel", marks=on_linux), "guard"])
def test_a_command_does_not_outlive_a_killed_launcher(tie):
    launcher, command = started(tie)

    launcher.kill()
    launcher.wait()

    assert gone({command: "the command"}) == []


def test_without_kernel_and_guard_it_would():
    """The control: the two tests above see something."""
    launcher, command = started("nothing")
    launcher.kill()
    launcher.wait()
    time.sleep(2)
    try:
        os.kill(command, 0)
    finally:
        os.kill(command, signal.SIGKILL)


def test_an_interrupted_launcher_ends_its_command():
    launcher, command = started("nothing")

    launcher.send_signal(signal.SIGINT)
    launcher.wait(30)

    assert gone({command: "the command"}) == []


def test_lines_come_as_they_are_printed_and_a_failure_is_one_sentence(tmp_path):
    code = "print('one'); print(); print('two'); raise ValueError('no such thing')"
    said: list[str] = []

    with pytest.raises(Trouble) as trouble:
        managed.run_django(
            ["shell", "-v0", "-c", code],
            {**plain_environment(), **ENVIRONMENT, "PILOTHARBOR_DATA": str(tmp_path)},
            say=said.append,
        )

    assert said == ["one", "two"]
    assert trouble.value.key == "django_failed"
    assert trouble.value.facts["reason"] == "ValueError: no such thing"
    assert "Traceback" in Path(trouble.value.facts["log"]).read_text()
