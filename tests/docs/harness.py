"""What the tests of the documents share."""
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
FILES = TOP / "tests/docs/files"
BIN = pathlib.Path(os.environ["C2C_BIN"])

failures = []


def check(good, message):
    """Note a failure; all of them are told at the end."""
    if not good:
        failures.append(message)


def finish():
    for message in failures:
        print(message, file=sys.stderr)
    sys.exit(1 if failures else 0)


def environment(home):
    keep = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env.update(HOME=str(home), PATH=f"{BIN}:{os.environ['PATH']}",
               LC_ALL="C.UTF-8", TERM="dumb", VISUAL=str(FILES / "editor"))
    return env


@contextlib.contextmanager
def scratch():
    """An empty home; short, as sockets have short names."""
    with tempfile.TemporaryDirectory(prefix="c2c-docs-") as home:
        yield pathlib.Path(home)


def run(env, *args, status=0, cwd=None):
    """Standard output of a command, which ends with @status."""
    done = subprocess.run([str(a) for a in args], env=env, cwd=cwd,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    if done.returncode != status:
        sys.exit(f"{args} ended with {done.returncode}, not {status}:\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stderr


@contextlib.contextmanager
def node(env, directory):
    """A node that answers, stopped in the end."""
    with open(f"{directory}.log", "wb") as log:
        process = subprocess.Popen(["c2cd", "-C", directory], env=env,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        run(env, "c2c", "-C", directory, "status", "--wait", "--timeout", "60")
        yield
    finally:
        process.terminate()
        check(process.wait(timeout=60) == 0, "c2cd did not end well")


def section(page, name):
    """The text of a section of a scdoc page."""
    found = re.search(rf"^# {name}\n(.*?)(?=^# |\Z)", page, re.M | re.S)
    if not found:
        sys.exit(f"there is no section {name}")
    return found.group(1)


def plain(text):
    """scdoc text without its marks."""
    text = re.sub(r"\\(.)", "\0\\1", text)
    text = re.sub(r"(?<!\0)\*|(?<![\0A-Za-z0-9])_|(?<!\0)_(?![A-Za-z0-9])", "", text)
    return text.replace("\0", "")
