"""Does the shell script make the environment anywhere, once, and fail in one sentence?

Each test has a small project of its own: the real script, a lock file with one wheel made here,
and a launcher that only says where it runs. No registry is asked.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile

import pytest

from pilotharbor.launcher.paths import ROOT

pytestmark = pytest.mark.slow

LAUNCHER = """import os, sys
try:
    import tiny
except ImportError:
    assert sys.argv[-1] in {"-h", "--help", "help"}
print(sys.prefix, os.getcwd(), sys.argv[1:])
"""


def wheel(folder):
    """A wheel with one module; returns the line that locks it."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    files = {
        "tiny.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())
            record += f"{name},sha256={digest.rstrip(b'=').decode()},{len(content)}\n"
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return f"tiny==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "中试 港"
    (folder / "src" / "pilotharbor" / "launcher").mkdir(parents=True)
    (folder / "src" / "pilotharbor" / "__init__.py").touch()
    (folder / "src" / "pilotharbor" / "launcher" / "__init__.py").touch()
    (folder / "src" / "pilotharbor" / "launcher" / "__main__.py").write_text(LAUNCHER)
    shutil.copy2(ROOT / "harbor", folder / "harbor")
    shutil.copy2(ROOT / ".python-version", folder / ".python-version")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (tmp_path / "tmp").mkdir()
    (folder / "requirements.lock").write_text(wheel(wheels))
    return folder


def settings(project, **extra):
    """Only the wheels of the test: no registry, no settings of this machine."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "PYTHON", "LC_"))
    }
    return kept | {
        "LANG": "C",
        "TMPDIR": str(project.parent / "tmp"),
        "PILOTHARBOR_NO_UV": "1",
        "PILOTHARBOR_PYTHON": os.path.realpath(sys.executable),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(project.parent / "wheels"),
        **extra,
    }


def start(script, cwd, environment, *arguments):
    return subprocess.Popen(
        [str(script), *(arguments or ("up",))],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(script, cwd, environment, *arguments):
    process = start(script, cwd, environment, *arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_makes_the_environment_once_through_a_link_from_anywhere(project, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(project / "harbor")
    environment = settings(project)

    code, out, err = run(link, tmp_path, environment, "a b", "c")
    again = run(link, tmp_path, environment, "--help")

    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"{project / '.venv'} {tmp_path} ['a b', 'c']"
    assert again == (0, f"{project / '.venv'} {tmp_path} ['--help']\n", "")


def test_a_changed_lock_is_installed(project):
    run(project / "harbor", project, settings(project))
    with (project / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")

    _, out, _ = run(project / "harbor", project, settings(project))

    assert "installing 1 packages" in out
    assert logs(project) == []


def logs(project):
    return list((project.parent / "tmp").glob("pilotharbor-install*"))


def test_several_at_once_on_a_fresh_clone(project):
    environment = settings(project)
    processes = [start(project / "harbor", project, environment) for _ in range(3)]

    outcomes = [process.communicate(timeout=120) for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum("making the Python environment" in out for out, _ in outcomes) == 1
    assert not (project / ".venv.lock").exists()


def test_the_lock_of_a_killed_harbor_does_not_block(project):
    (project / ".venv.lock").mkdir()
    (project / ".venv.lock" / "pid").write_text("999999999\n")

    code, _, err = run(project / "harbor", project, settings(project))

    assert (code, err) == (0, "")


def test_interrupted_installation_leaves_no_lock(project):
    process = start(project / "harbor", project, settings(project))
    deadline = time.monotonic() + 20
    while not (project / ".venv.lock" / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.terminate()
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert logs(project) == []
    assert not (project / ".venv.lock").exists()
    assert run(project / "harbor", project, settings(project))[0] == 0


def test_no_python_is_one_sentence(project, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cksum", "cat", "mkdir", "rm", "ls", "grep", "mv"):
        (tools / name).symlink_to(shutil.which(name))
    environment = settings(project, PATH=str(tools))
    del environment["PILOTHARBOR_PYTHON"]

    code, out, err = run(project / "harbor", project, environment)
    chinese = run(project / "harbor", project, environment | {"LANG": "zh_CN.UTF-8"})

    assert code == 1
    assert out == ""
    assert err == (
        "harbor: no Python 3.12 or newer found: install Python 3.12 (or uv) and start again.\n"
    )
    assert "未找到 Python 3.12" in chinese[2]


def test_no_registry_is_one_sentence(project):
    environment = settings(project, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")
    del environment["PIP_NO_INDEX"], environment["PIP_FIND_LINKS"]

    code, _, err = run(project / "harbor", project, environment)

    assert code == 1
    assert err.startswith("harbor: the package registry cannot be reached")
    assert len(err.splitlines()) == 1
    # The one log that a message names is the one that stays, for its owner's eyes only.
    (log,) = logs(project)
    assert f"(log: {log})" in err
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_package_that_does_not_match_the_lock_is_refused(project):
    lock = project / "requirements.lock"
    lock.write_text(lock.read_text().partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")

    code, _, err = run(project / "harbor", project, settings(project))

    assert code == 1
    assert "does not match requirements.lock" in err
    assert logs(project) == []


@pytest.mark.parametrize("asked", [["test", "--help"], ["--help"], ["check", "-h"], ["help"]])
def test_help_installs_nothing(project, asked):
    code, out, err = run(project / "harbor", project, settings(project), *asked)

    assert (code, err) == (0, "")
    assert out.splitlines()[-1].endswith(f" {asked}")
    assert not (project / ".venv").exists()


def test_help_does_not_renew_an_older_environment(project):
    run(project / "harbor", project, settings(project), "up")
    (project / "requirements-test.lock").write_text("nowhere==1.0\n")

    code, out, _ = run(project / "harbor", project, settings(project), "test", "--help")

    assert (code, "installing" in out) == (0, False)


def test_the_real_launcher_helps_without_packages():
    """Any Python will do, as long as it lacks ours."""
    said = subprocess.run(
        [sys.executable, "-S", "-m", "pilotharbor.launcher", "test", "--help"],
        cwd=ROOT, env={"PYTHONPATH": "src", "LANG": "C"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("harbor test: run every check and every test\n")
