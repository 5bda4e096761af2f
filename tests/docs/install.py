"""Install into an empty folder: every file is there, and works from there.

usage: install.py CMAKE BUILD"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from harness import TOP, check, environment, finish, run, scratch

WANTED = """
bin/c2c
bin/c2cd
lib/systemd/system/c2cd@.service
lib/sysusers.d/c2c.conf
lib/tmpfiles.d/c2c.conf
share/bash-completion/completions/c2c
share/doc/c2c/LICENSE
share/doc/c2c/OPERATING.md
share/doc/c2c/README.md
share/doc/c2c/copyright
share/doc/c2c/examples/city.conf
share/doc/c2c/examples/hub.conf
share/fish/vendor_completions.d/c2c.fish
share/man/man1/c2c.1.gz
share/man/man5/c2cd.conf.5.gz
share/man/man8/c2cd.8.gz
share/zsh/site-functions/_c2c
"""


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")
            if not path.is_dir()}


def check_files(stage):
    wanted = set(WANTED.split())
    examples = TOP / "config/examples"
    wanted |= {f"share/doc/c2c/examples/{name}" for name in
               (files(examples) if examples.is_dir() else ())}
    if (TOP / "proto/PROTOCOL.md").exists():
        wanted.add("share/doc/c2c/PROTOCOL.md")
    found = files(stage)
    check(found == wanted, f"too few: {sorted(wanted - found)}, "
          f"too many: {sorted(found - wanted)}")
    for path in sorted(stage.rglob("*")):
        mode = path.stat().st_mode & 0o7777
        good = 0o755 if path.is_dir() or path.parent.name == "bin" else 0o644
        check(mode == good, f"{path} has mode {mode:o}")


def check_unit(env, stage):
    unit = stage / "lib/systemd/system/c2cd@.service"
    text = unit.read_text()
    check(f"ExecStart={stage}/bin/c2cd -C " in text, "the unit starts another c2cd")
    check("@" not in re.sub(r"c2cd@|@system-service", "", text), "the unit has an @")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes",
                 "StateDirectory=c2c/%i", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
                 "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes"):
        check(f"\n{line}\n" in text, f"the unit lacks {line}")
    if shutil.which("systemd-analyze"):
        one = stage / "c2cd@test.service"
        shutil.copy(unit, one)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", one], env=env,
                              capture_output=True, text=True, timeout=60)
        ours = [line for line in done.stderr.splitlines() if "c2cd" in line]
        check(done.returncode == 0 and not ours, f"systemd-analyze: {done.stderr}")


def main(cmake, build):
    os.umask(0o022)
    with scratch() as home:
        stage = home / "stage"
        stage.mkdir(mode=0o755)
        env = environment(home)
        run(env, cmake, "--install", build, "--prefix", stage)
        check_files(stage)
        check_unit(env, stage)
        said = run(env, stage / "bin/c2c", "version")
        check(re.fullmatch(r"c2c \d+\.\d+\.\d+\n", said), f"c2c version: {said}")
        check(run(env, stage / "bin/c2cd", "--version") == said.replace("c2c", "c2cd"),
              "c2c and c2cd have not the same version")
        pages = run(env, "zcat", *sorted(stage.glob("share/man/*/*.gz")))
        check(pages.count(".TH ") == 3, "the manual pages are not there")
        words = (stage / "share/doc/c2c/copyright").read_text()
        for word in ("GeoNames", "CC-BY-4.0", "OpenCC", "Apache-2.0"):
            check(word in words, f"copyright does not name {word}")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
finish()
