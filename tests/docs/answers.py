"""c2c(1) tells the columns of --plain and the members of --json as they are."""
import json
import re

from harness import FILES, TOP, check, environment, finish, node, run, scratch, section

PAGE = (TOP / "deploy/man/c2c.1.scd").read_text()
# The blocks of JSON in their order.
SHAPES = ["show", "list", "find", "who", "put", "log", "status", "peers",
          "sync", "join", "invite", "members", "decision", "trust", "trust one", "doctor", "verify",
          "types", "vocab", "vocab NAME", "key show", "init", "backup", "version",
          "error"]

seen = set()  # Optional members that some answer had.


def shapes():
    blocks = re.findall(r"^```\n(.*?)^```$", section(PAGE, "JSON"), re.M | re.S)
    check(len(blocks) == len(SHAPES), f"JSON has {len(blocks)} blocks")
    return {name: json.loads(text) for name, text in zip(SHAPES, blocks)}


def compare(place, shape, value):
    """Has @value the members that @shape tells, and no others?"""
    if isinstance(shape, dict):
        check(isinstance(value, dict), f"{place}: is {value!r}, not an object")
        if not isinstance(value, dict) or "*" in shape:
            return
        names = {name.rstrip("?"): name for name in shape}
        for name, told in names.items():
            check(name in value or told != name, f"{place}: has no {name}")
        for name in value:
            check(name in names, f"{place}: {name} is not in the page")
            if name in names:
                seen.add(f"{place}.{names[name]}")
                compare(f"{place}.{name}", shape[names[name]], value[name])
    elif isinstance(shape, list):
        check(isinstance(value, list), f"{place}: is {value!r}, not a list")
        for one in value if shape and isinstance(value, list) else []:
            compare(place, shape[0], one)
    else:
        check(not isinstance(value, (dict, list)), f"{place}: is {value!r}")


def optional(place, shape):
    if isinstance(shape, list):
        for one in shape[:1]:
            yield from optional(place, one)
    if isinstance(shape, dict):
        for name, inner in shape.items():
            if name.endswith("?"):
                yield f"{place}.{name}"
            yield from optional(f"{place}.{name.rstrip('?')}", inner)


def columns():
    table = section(PAGE, "PLAIN COLUMNS")
    rows = re.findall(r"^(?:\[\[|\|) +(\*.*\*)\n:<? +(.*)$", table, re.M)
    found = {}
    for names, paths in rows:
        for name in re.findall(r"\*([^*]+)\*", names):
            found[name] = [path.replace("\\", "") for path in paths.split(", ")]
    return found


def at(value, path):
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def as_plain(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(as_plain(one) for one in value)
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True,
                           separators=(",", ":"))
    return (str(value).replace("\\", "\\\\").replace("\t", "\\t")
            .replace("\n", "\\n").replace("\r", "\\r"))


def rows_of(name, answer):
    """What an answer's lines of --plain are made of."""
    if name in ("show", "status", "join", "leave", "invite", "members approve",
                "deny", "revoke"):
        return [answer]
    if name == "key show":
        roots = [{"key": key, "uses": "root"} for key in answer["roots"]]
        return roots + answer["keys"]
    if name == "who":
        return [{"office": office, "matched": answer["matched"], "contact": contact}
                for office in answer["offices"]
                for contact in office["contacts"] or [None]]
    if name == "log":
        return [dict(item, changes=[f"{c['verb']} {c['ref']}" for c in item["changes"]])
                for item in answer["items"]]
    if name == "vocab NAME":
        return [dict(item, label=item["label"]["en"]) for item in answer["items"]]
    return answer["items"]


class Tester:
    def __init__(self, env, cwd):
        self.env, self.cwd = env, cwd
        self.shapes, self.columns = shapes(), columns()
        self.done = set()

    def c2c(self, *args, status=0):
        return run(self.env, "c2c", *args, status=status, cwd=self.cwd)

    def json(self, shape, *args, status=0):
        answer = json.loads(self.c2c(*args, "--json", status=status))
        compare(shape, self.shapes[shape], answer)
        return answer

    def plain(self, name, args, answer, random=()):
        told = self.columns[name]
        self.done.add(name)
        open_end = told[-1].startswith("then ")
        lines = self.c2c(*args, "--plain").splitlines()
        rows = rows_of(name, answer)
        check(lines and len(lines) == len(rows), f"{name}: {len(lines)} lines")
        for line, row in zip(lines, rows):
            fields = line.split("\t")
            wanted = told[:-1] if open_end else told
            check(len(fields) > len(wanted) if open_end
                  else len(fields) == len(wanted), f"{name}: columns of {line!r}")
            for path, field in zip(wanted, fields):
                value = at(row, path)
                check(field == as_plain(value) or path in random,
                      f"{name}: {path}: {field!r} should be {value!r}")

    def both(self, name, shape, *args):
        self.plain(name, args, self.json(shape, *args))


def records(t):
    t.c2c("put", "others.json")
    t.both("show", "show", "show", "office/international")
    answer = t.json("list", "list", "contact")
    for item in answer["items"]:
        compare("show", t.shapes["show"], item)
    t.plain("list", ("list", "contact"), answer)
    t.both("find", "find", "find", "office")
    t.both("who", "who", "who", "baguio", "--for", "sister-city")
    t.both("who", "who", "who")
    t.both("log", "log", "log")


def changes(t):
    t.both("put", "put", "put", "others.json")
    args = ("import", "-n", "partners.csv", "--type", "relationship")
    t.plain("import", args, t.json("put", *args), random=("ref", "key"))
    args = ("confirm", "office/mayor")
    t.plain("confirm", args, t.json("put", *args), random=("verified_at",))
    (t.cwd / "odd.json").write_text(
        '{"type": "office", "slug": "odd", "body": {"name": {"en": "Odd"}, "nmae": 1}}')
    t.json("put", "put", "odd.json")
    t.json("put", "rm", "-y", "office/odd")
    t.c2c("put", "odd.json")
    check(t.c2c("rm", "-y", "office/odd", "--plain").strip() == "baguio/office/odd",
          "rm: --plain")
    t.json("put", "rm", "-n", "office/mayor")
    t.done.add("rm")
    saved = [json.loads(line) for line in
             t.c2c("list", "office", "--records").splitlines()]
    check({r["slug"] for r in saved} == {"mayor", "international"}, "--records")


def others(t):
    t.plain("doctor", ("doctor",), t.json("doctor", "doctor"),
            random=("message",))  # How much of the disk is free.
    for name in ("types", "vocab", "status", "verify", "key show"):
        t.both(name, name, *name.split())
    run(t.env, "sh", "-c", "c2c export --proof office/international >one.proof",
        cwd=t.cwd)
    t.both("verify", "verify", "verify", "one.proof")
    t.both("vocab NAME", "vocab NAME", "vocab", "topics")
    schema = t.c2c("schema", "office", "--plain").splitlines()
    told = t.columns["schema"]
    t.done.add("schema")
    for line in schema:
        fields = dict(zip(told, line.split("\t"), strict=True))
        check(fields["required"] in ("true", "false"), f"schema: {line}")
    check(any(line.split("\t")[told.index("facet")] == "purpose" for line in schema),
          "schema: no column tells the facet")
    json.loads(t.c2c("schema", "office", "--json"))
    t.json("version", "version")
    t.json("backup", "backup", "a.db")
    t.json("init", "-C", "other", "init", "--name", "Jambi", "--country", "ID")


def association(t):
    """Membership, on the node of an association, and hubs of a city."""
    some = "0123456789abcdef" * 4
    url = "tcp://hub.example.org:7420"
    t.both("join", "join", "join", f"{url}#{some}", "--note", "hello")
    t.plain("leave", ("leave", "-n", url), json.loads(t.c2c("leave", "-n", url, "--json")))
    t.json("status", "status")
    t.plain("peers", ("peers",), t.json("peers", "peers"), random=("reason",))
    t.plain("sync", ("sync",), {"items": t.json("sync", "sync")["peers"]},
            random=("reason",))
    t.c2c("leave", url)
    args = ("trust", "add", some, "League", "of", "Cities")
    t.json("trust one", *args)
    t.both("trust", "trust", "trust", "list")
    t.json("trust one", "trust", "remove", some)
    t.c2c("-C", "league", "init", "--lga", "--name", "League", "--country", "PH",
          "--listen", "tcp://127.0.0.1:0")
    city = t.env["C2C_DIR"]
    t.env["C2C_DIR"] = f"{t.cwd}/league"
    with node(t.env, t.env["C2C_DIR"]):
        status = json.loads(t.c2c("status", "--json"))
        t.c2c("trust", "add", status["city"])
        t.json("show", "--node", status["listen"][0], "show", "league/lga/league")
        t.c2c("trust", "remove", status["city"])
        args = ("invite", "Baguio", "--url", url)
        t.plain("invite", args, t.json("invite", *args), random=("text", "expires"))
        args = ("members", "approve", some, "--kind", "full")
        for name, extra in (("approve", ("--kind", "full")), ("revoke", ("-y",)),
                            ("approve", ()), ("revoke", ("-y",)), ("deny", ())):
            args = ("members", name, some, *extra)
            label = "members approve" if name == "approve" else name
            t.plain(label, (*args, "-n"), t.json("decision", *args, "-n"))
            t.c2c(*args)
            t.both("members list", "members", "members", "list")
    t.env["C2C_DIR"] = city


def errors(t):
    t.json("error", "show", "office/nope", status=3)
    (t.cwd / "bad.json").write_text('{"type": "office", "body": {"kind": "x"}}')
    t.json("error", "put", "bad.json", status=1)
    (t.cwd / "gone.json").write_text(
        '{"type": "contact", "body": {"post": {"title": {"en": "A"}},'
        ' "office": "office/gone"}}')
    t.json("error", "put", "gone.json", status=3)
    t.json("error", "confirm", "contact/nope", status=3)
    t.json("error", "-C", "nowhere", "status", status=5)
    t.json("error", "shwo", status=2)


def main():
    with scratch() as home:
        env = environment(home)
        env["C2C_DIR"] = f"{home}/baguio"
        run(env, "cp", "-r", FILES, home / "work")
        tester = Tester(env, home / "work")
        tester.c2c("init", "--name", "Baguio", "--country", "PH")
        with node(env, env["C2C_DIR"]):
            for part in (records, changes, others, association, errors):
                part(tester)
        check(tester.done == set(tester.columns),
              f"not tried: {set(tester.columns) ^ tester.done}")
        for shape in tester.shapes:
            for member in optional(shape, tester.shapes[shape]):
                # Several cities of one name, and damage: bats tests have them.
                if member not in ("error.error.candidates?", "show.body?"):
                    check(member in seen, f"no answer has {member}")


main()
finish()
