#!/usr/bin/env python3
"""Does proto/PROTOCOL.md say what the code and the vectors say?

protocol.py ROOT: its examples, its tables of hashes, errors, limits, messages
and requests, and the tests that its claims name.  With --write before ROOT the
examples and the tables of errors and limits are filled in."""
import json
import pathlib
import re
import sys
import textwrap

bad = []


def expect(truth, what):
    if not truth:
        bad.append(what)


def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def limits(root):
    text = (root / "proto/limits.def").read_text()
    found = re.findall(r'^C2C_LIMIT\((\w+), (\d+), "([^"]*)", "([^"]*)"\)',
                       text, re.MULTILINE)
    expect(len(found) == text.count("\nC2C_LIMIT("), "limits.def: odd lines")
    return [row("limit", "value", "unit", "what it bounds"),
            "| --- | --- | --- | --- |", *(row(*f) for f in found)]


def errors(root):
    text = (root / "src/base/err.h").read_text()
    found = re.findall(r'^ +X\((\w+), (\d+), +"([^"]*)"\)', text,
                       re.MULTILINE)
    expect(len(found) > 30, "err.h: too few errors")
    return [row("number", "name", "meaning"), "| --- | --- | --- |",
            *(row(n, name, what) for name, n, what in found)]


def part(text, name):
    """(start, end) of what stands between the marks of @name."""
    start = text.index(f"<!-- {name} -->\n") + len(f"<!-- {name} -->\n")
    return start, text.index("<!-- end -->", start)


def lines_of(text, name):
    start, end = part(text, name)
    return text[start:end].strip().splitlines()


EXAMPLE = re.compile(r"^```vector (\S+) (\S+) (.+)\n((?:[^`\n]*\n)*)```$",
                     re.MULTILINE)


def vector_of(root, match):
    file, member, name, _ = match.groups()
    for v in json.loads((root / "proto/vectors" / file).read_text()):
        if v["name"] == name:
            return v[member]
    bad.append(f"{file} has no vector {name}")
    return ""


def write(root, text):
    for name, make in (("limits", limits), ("errors", errors)):
        start, end = part(text, name)
        text = text[:start] + "\n".join(make(root)) + "\n" + text[end:]
    return EXAMPLE.sub(lambda m: "```vector %s %s %s\n%s\n```" % (
        *m.groups()[:3], "\n".join(textwrap.wrap(vector_of(root, m), 96))),
                       text)


def check_examples(root, text):
    found = list(EXAMPLE.finditer(text))
    expect(len(found) > 20, "too few examples")
    expect(len(found) == text.count("```vector"), "an example is not closed")
    for m in found:
        expect("".join(m[4].split()) == vector_of(root, m),
               f"the example {m[1]} {m[2]} {m[3]} is not the vector's")
    known = "".join(p.read_text()
                    for p in (root / "proto/vectors").glob("*.json"))
    for stray in re.findall(r"\b[0-9a-f]{16,}\b", EXAMPLE.sub("", text)):
        expect(stray in known, f"{stray} stands in no vector")


def check_hashes(root, text):
    code = re.findall(r'^    X\((\w+), "([^"]*)"\)',
                      (root / "src/crypto/digest.h").read_text(), re.MULTILINE)
    said = re.findall(r"^\| (\w+) \| `([^`]*)` \|",
                      "\n".join(lines_of(text, "hashes")), re.MULTILINE)
    expect(said == [(kind.lower(), t) for kind, t in code],
           "the kinds of hashes are not those of digest.h")


def check_messages(root, text):
    code = re.findall(r'^ +X\(\w+, (\d+), "([a-z-]+)"\)',
                      (root / "src/wire/message.h").read_text(), re.MULTILINE)
    said = re.findall(r"^\| (\d+) \| ([a-z-]+) \|",
                      "\n".join(lines_of(text, "messages")), re.MULTILINE)
    expect(len(code) > 10 and said == code,
           "the messages are not those of message.h")
    shown = {m[3] for m in EXAMPLE.finditer(text) if m[1] == "message.json"}
    for _, name in code:
        for part in ("request", "answer"):
            start = f"{name.replace('-', ' ')} {part}"
            expect(any(s == start or s.startswith(start + " ") for s in shown),
                   f"no example of {start}")


def check_requests(root, text):
    node = root / "src/node"
    table = re.findall(r'\{"(\w+)", c2c_ask_\w+, (?:true|false), (true|false)\}',
                       (node / "ask.c").read_text())
    code = [name for name, _ in table]
    rows = [[c.strip() for c in line.strip("|").split("|")]
            for line in lines_of(text, "requests")[2:]]
    expect([r[0] for r in rows] == code,
           "the requests are not those of ask.c")
    told = re.search(r"<!-- queries -->(.*?)<!-- end -->", text)[1]
    expect(re.findall(r"`(\w+)`", told) ==
           [name for name, public in table if public == "true"],
           "the queries are not those of ask.c")
    said = {a for r in rows for a in re.findall(r"`(\w+)`", r[1])}
    sources = "".join(p.read_text() for p in node.glob("*.c"))
    read = set(re.findall(
        r'c2c_ask_(?:text|short|uint|flag)\((?:r->)?ask, "(\w+)"', sources))
    read |= set(re.findall(r'c2c_val_get\(ask->args, "(\w+)"', sources))
    read |= set(re.findall(r'facets\[\] = \{"(\w+)", "(\w+)"\}', sources)[0])
    # The language is every request's; the cursor has a function of its own.
    expect(said | {"lang"} == read,
           f"arguments differ: {sorted((said | {'lang'}) ^ read)}")


def check_claims(root, text):
    named = re.findall(r"`((?:unit|prop|sim|sync)\.\w+|bats):\s+([^`]+)`", text)
    expect(len(named) > 20, "too few claims name a test")
    bats = "".join(p.read_text() for p in (root / "tests/bats").glob("*.bats"))
    for program, test in named:
        test = " ".join(test.split())
        if program == "bats":
            expect(f'@test "{test}"' in bats, f"no bats test '{test}'")
            continue
        kind, name = program.split(".")
        prefix = "prop" if kind == "prop" else "test"
        path = root / "tests" / kind / f"{prefix}_{name}.c"
        expect(path.exists() and f"static void {test}(" in path.read_text(),
               f"{program} has no test {test}")


def main():
    root = pathlib.Path(sys.argv[-1])
    path = root / "proto/PROTOCOL.md"
    text = path.read_text()
    if sys.argv[1] == "--write":
        text = write(root, text)
        path.write_text(text)
    expect(lines_of(text, "limits") == limits(root),
           "the limits are not those of limits.def")
    expect(lines_of(text, "errors") == errors(root),
           "the errors are not those of err.h")
    check_examples(root, text)
    check_hashes(root, text)
    check_messages(root, text)
    check_requests(root, text)
    check_claims(root, text)
    for line in bad:
        print(f"PROTOCOL.md: {line}")
    return 1 if bad else 0


sys.exit(main())
