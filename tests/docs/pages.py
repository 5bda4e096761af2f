"""The manual says what the programs say: commands, options, keys."""
import re

from harness import TOP, check, environment, finish, plain, run, scratch, section


def options(help_text):
    """{"--name": (letter, argument, help)} of a list of options."""
    found = re.finditer(r"^  (?:(-\w),|   ) (--[a-z-]+)(?: (\S+))?  *(\S.*)$",
                        help_text, re.M)
    return {m[2]: (m[1] or "", m[3] or "", m[4].replace("`", "")) for m in found}


def documented(text):
    """The same from a page: "*-C*, *--dir* _DIR_" and a line with a tab."""
    found = re.finditer(
        r"^(?:\*(-\w)\*(?: _\S+_)?,? ?)?(?:\*(--[a-z-]+)\*(?: _(\S+)_)?)?\n\t(\S.*)$",
        text, re.M)
    return {m[2] or m[1]: (m[1] if m[2] and m[1] else "", m[3] or "", plain(m[4]))
            for m in found if m[1] or m[2]}


def compare(where, program, page):
    for name in program.keys() | page.keys():
        check(name in page, f"{where}: the page lacks {name}")
        check(name in program, f"{where}: the program has no {name}")
        if name in page and name in program:
            check(program[name] == page[name],
                  f"{where}: {name}: {page[name]} should be {program[name]}")


def client(env):
    page = (TOP / "deploy/man/c2c.1.scd").read_text()
    overview = run(env, "c2c", "help")
    commands = dict(re.findall(r"^  ([a-z]+) +(.*)$",
                               overview.partition("Commands\n")[2]
                               .partition("Options of")[0], re.M))
    compare("OPTIONS", options(overview.partition("Options of every")[2]),
            documented(section(page, "OPTIONS")))
    parts = re.split(r"^## (\S+) ?(.*)\n", section(page, "COMMANDS"), flags=re.M)[1:]
    pages = {parts[i]: parts[i + 1:i + 3] for i in range(0, len(parts), 3)}
    check(len(commands) > 20, "the help lists too few commands")
    check(list(commands) == list(pages),
          f"COMMANDS: {list(pages)} should be {list(commands)}")
    for name in commands.keys() & pages.keys():
        text = run(env, "c2c", "help", name)
        usage = re.search(rf"^  c2c \[-C DIR\] {name} ?(.*)$", text, re.M)[1]
        check(pages[name][0] == usage,
              f"{name}: the page has '{pages[name][0]}', not '{usage}'")
        summary = plain(pages[name][1].strip().partition("\n")[0])
        wanted = commands[name].replace("`", "") + "."
        check(summary.lower() == wanted.lower(),
              f"{name}: the page says '{summary}', not '{wanted}'")
        compare(name, options(text.partition("\nOptions\n")[2]),
                documented(pages[name][1]))


def daemon(env):
    page = section((TOP / "deploy/man/c2cd.8.scd").read_text(), "OPTIONS")
    text = run(env, "c2cd", "--help")
    listed = re.findall(r"^ {2,6}(-.*)", text, re.M)
    names = {m for line in listed
             for m in re.findall(r"^(-\w)|(?:^|, )(--[a-z-]+)", line)
             for m in m if m}
    found = set(re.findall(r"\*(--?[a-zA-Z-]+)\*", page)) - {"-h", "-V"}
    check({"-C", "--check", "--adopt-store"} <= names, "c2cd's help has changed its form")
    check(names - {"-h", "-V"} == found,
          f"c2cd(8): {sorted(found)} should be {sorted(names)}")


def configuration(env, home):
    printed = run(env, "c2cd", "--print-config")
    keys = {}
    for block in printed.split("\n\n")[1:]:
        lines = block.strip().split("\n")
        key, value = lines[-1].split(" = ")
        bounds = re.match(r"# (\d+ to \d+), usually", lines[-2])
        keys[key] = (value, lines[0][2:] + (f" {bounds[1]}." if bounds else ""))
    page = section((TOP / "deploy/man/c2cd.conf.5.scd").read_text(), "KEYS")
    found = {m[0]: (m[1], plain(m[2]))
             for m in re.findall(r"^\*(\S+)\* = (\S+)\n\t(.*)$", page, re.M)}
    check(len(keys) > 3, "c2cd --print-config prints too little")
    compare("c2cd.conf(5)", keys, found)

    late = home / "late.conf"
    late.write_text("refresh-days = 10\nexpire-days = 10\n")
    said = run(env, "c2cd", "--config", late, "--print-config", status=1)
    check("refresh-days" in said and "expire-days" in said,
          f"signing anew too late is not refused: {said}")

    example = TOP / "config/city.conf"
    check(example.read_text() == printed,
          "config/city.conf is not what c2cd --print-config prints")
    run(env, "c2c", "-C", home / "a", "init", "--name", "Jambi", "--country", "ID")
    run(env, "c2cd", "-C", home / "a", "--config", example, "--check")
    check(run(env, "c2cd", "-C", home / "a", "--config", example, "--print-config")
          == printed, "config/city.conf changes a default")
    hub = run(env, "c2cd", "-C", home / "a", "--config", TOP / "config/hub.conf",
              "--print-config")
    check('listen = {"tcp://0.0.0.0:7420"}' in hub and "workers = 8" in hub,
          "config/hub.conf does not set what it says")


def folders(env, home):
    """Both programs look for the city in the same folder."""
    for data, wanted in (("/nowhere/data", "/nowhere/data/c2c"),
                         ("relative", f"{home}/.local/share/c2c")):
        env = dict(env, XDG_DATA_HOME=data)
        check(wanted in run(env, "c2cd", "--check", status=1),
              f"c2cd does not look in {wanted}")
        check(wanted in run(env, "c2c", "status", status=5),
              f"c2c does not look in {wanted}")


with scratch() as scratch_home:
    client(environment(scratch_home))
    daemon(environment(scratch_home))
    configuration(environment(scratch_home), scratch_home)
    folders(environment(scratch_home), scratch_home)
finish()
