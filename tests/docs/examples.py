"""Run the examples of a page, in order, in one shell: all have to succeed.

usage: examples.py PAGE.scd | FILE.md

Of a manual page these are the blocks of EXAMPLES, of a Markdown file those
marked `sh`.  Where a page needs root, bin/ has commands that do the same for
this user; /var/lib/c2c is a folder of the scratch home.  Standard output is a
terminal, so that `c2c new` starts an editor; nobody can be asked anything."""
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys

from harness import FILES, TOP, environment, scratch, section

PREAMBLE = """
set -e -o pipefail
stop() {
    local status=$?
    trap - EXIT
    set +x
    for pid in $(jobs -p) $(cat "$HOME"/state/*.pid 2>/dev/null); do
        kill "$pid" 2>/dev/null || true
    done
    wait
    exit $status
}
trap stop EXIT
set -x
"""


def blocks(path):
    text = path.read_text()
    if path.suffix == ".scd":
        return re.findall(r"^```\n(.*?)^```$", section(text, "EXAMPLES"), re.M | re.S)
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


def play(script, env, home):
    """Status of a bash that runs @script on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(["bash", "-c", script], env=env, cwd=home / "work",
                          stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                          start_new_session=True) as shell:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Nobody holds the other end any more.
                break
            if not piece:
                break
            sys.stdout.buffer.write(piece.replace(b"\r\n", b"\n"))
            sys.stdout.buffer.flush()
        os.close(ours)
    return shell.returncode


def main(path):
    found = blocks(path)
    if not found:
        sys.exit(f"{path} has no examples")
    with scratch() as home:
        (home / "state").mkdir()
        shutil.copytree(FILES, home / "work")
        env = environment(home)
        env["PATH"] = f"{TOP}/tests/docs/bin:{env['PATH']}"
        script = "".join(found).replace("/var/lib/c2c", str(home / "state"))
        status = play(PREAMBLE + script, env, home)
    if status != 0:
        sys.exit(f"the examples of {path.name} ended with {status}")
    print(f"{path.name}: {len(found)} blocks ran")


main(pathlib.Path(sys.argv[1]))
