#!/usr/bin/env python3
"""Our validator and another house's say the same of every body.

Usage: agree.py CHECK_BODY

The other house is Debian's python3-jsonschema (Draft 2020-12), with the formats
of formats.py.  Compared are the verdict and the places of all problems, on the
tables beside this file and on bodies made from the schemas: each field filled
and spoilt in turn.  Every constraint of every schema must have refused one.
"""

import copy
import json
import pathlib
import random
import subprocess
import sys
import unicodedata
import warnings

import jsonschema
from jsonschema import Draft202012Validator

import formats

warnings.filterwarnings("ignore", category=DeprecationWarning)

HERE = pathlib.Path(__file__).parent
PROTO = HERE.parent.parent / "proto"
KEYWORDS = set("""$schema $id $defs $ref type properties required propertyNames
    additionalProperties items enum const default minLength maxLength minimum
    maximum minItems maxItems uniqueItems minProperties maxProperties pattern
    format title description examples if then x-label x-help x-heading
    x-enum-label x-item-of x-i18n x-markdown x-vocab x-ref x-facet x-search x-role
    x-personal x-export x-title x-columns x-audience x-validity-days x-expires
    x-one-per-city x-author x-signable x-since""".split())
CONSTRAINTS = set("""type required propertyNames enum const minLength maxLength
    minimum maximum minItems maxItems uniqueItems minProperties maxProperties
    pattern format x-vocab then""".split())
PROBLEMS_MAX = 20

failures = []


def fail(text):
    failures.append(text)
    print(text, file=sys.stderr)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


RECORDS = {p.stem: load(p) for p in sorted(PROTO.glob("records/*.json"))}
VOCABS = {p.stem: load(p) for p in sorted(PROTO.glob("vocab/*.json"))}
COMMON = RECORDS.pop("common")
CODES = {name: {e["code"] for e in v} for name, v in VOCABS.items()}
SAMPLES = load(HERE / "formats.json")

# The other house.

CHECKER = jsonschema.FormatChecker(formats=())
for format_name, function in formats.FORMATS.items():
    CHECKER.checks(format_name)(
        lambda v, f=function: not isinstance(v, str) or f(v))


def check_pattern(_, pattern, instance, __):
    """ECMA's $ is the end; Python's may stand before a newline."""
    if isinstance(instance, str) and not formats.whole(
            pattern[1:-1], instance):
        yield jsonschema.ValidationError(f"{instance!r} is not {pattern}")


def check_vocab(_, name, instance, __):
    if isinstance(instance, str) and instance not in CODES[name]:
        yield jsonschema.ValidationError(f"{instance!r} is not in {name}")


Validator = jsonschema.validators.extend(
    Draft202012Validator, {"pattern": check_pattern, "x-vocab": check_vocab})


def validator(schema, common):
    resolver = jsonschema.RefResolver(
        "", schema, store={"common.json": common or {}})
    return Validator(schema, resolver=resolver, format_checker=CHECKER)


def pointer(steps):
    return "".join("/" + str(s).replace("~", "~0").replace("/", "~1")
                   for s in steps)


def place(error):
    steps = list(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        steps.append(error.instance)
    return pointer(steps)


class Ours:
    """Questions are gathered and asked in one go."""

    def __init__(self, program):
        self.program = program
        self.questions = []
        self.then = []

    def ask(self, question, then):
        self.questions.append(json.dumps(question))
        self.then.append(then)

    def run(self):
        done = subprocess.run([self.program], text=True, check=True,
                              input="\n".join(self.questions) + "\n",
                              stdout=subprocess.PIPE, encoding="utf-8")
        answers = done.stdout.splitlines()
        assert len(answers) == len(self.then), "an answer a question"
        for answer, then in zip(answers, self.then):
            then(json.loads(answer))
        self.questions, self.then = [], []


def at_home(common):
    """The shared definitions, with references that hold in any file."""
    return json.loads(json.dumps(common).replace('"#/$defs/',
                                                 '"common.json#/$defs/'))


class Schema:
    """A schema with both validators, and what it has refused so far."""

    def __init__(self, name, schema, common):
        self.name = name
        self.schema = schema
        self.common = at_home(common)
        self.other = validator(schema, common)
        self.refused = set()

    def resolve(self, node):
        """Follow $ref; what stands beside it goes over the target."""
        while "$ref" in node:
            where, _, steps = node["$ref"].partition("#/$defs/")
            target = (self.common if where else self.schema)["$defs"][steps]
            beside = {k: v for k, v in node.items() if k != "$ref"}
            node = {**target, **beside}
        return node

    def compare(self, ours, question, body, want=None, path=None, why=""):
        """@want and @path are a table's word; None: what the other says."""
        errors = list(self.other.iter_errors(body))
        for e in errors:
            for key in (e.validator, *e.absolute_schema_path):
                self.refused.add((pointer(e.absolute_path), key))
        places = sorted({place(e) for e in errors})

        def then(answer):
            shown = (f"{self.name}: {json.dumps(body, ensure_ascii=False)[:400]}"
                     f" {why}")
            verdict = "refused" if errors else "ok"
            if answer["verdict"] != verdict:
                fail(f"{shown}\n  other: {verdict} {places}\n  ours: {answer}")
                return
            if want is not None and verdict != ("ok" if want else "refused"):
                fail(f"{shown}\n  the table wants {want}, both say {verdict}")
                return
            mine = [p["path"] for p in answer.get("problems", [])]
            if answer.get("total", 0) <= PROBLEMS_MAX and \
                    sorted(set(mine)) != places:
                fail(f"{shown}\n  other: {places}\n  ours: {mine}")
            if path is not None and mine[:1] != [path]:
                fail(f"{shown}\n  the table wants {path}, ours is {mine[:1]}")
            for p in answer.get("problems", []):
                if not p["reason"]:
                    fail(f"{shown}\n  a problem without a reason")

        ours.ask(question, then)


# Bodies from a schema.

def nearest(schema, node, steps, full):
    """A good value: required fields, the next of @steps, or (@full) all."""
    node = schema.resolve(node)
    kind = node["type"]
    if kind == "object":
        return nearest_object(schema, node, steps, full)
    if kind == "array":
        n = max(node.get("minItems", 0), 1 if full or steps else 0)
        inner = steps[1:] if steps else []
        items = [nearest(schema, node["items"], inner, full) for _ in range(n)]
        return items
    if kind == "integer":
        return max(node.get("minimum", 0), min(0, node.get("maximum", 0)))
    if kind == "boolean":
        return True
    return good_text(node)


def nearest_object(schema, node, steps, full):
    if "properties" not in node:
        return {"en": good_text(schema.resolve(node["additionalProperties"]))}
    names = set(node.get("required", []))
    names |= set(node["properties"]) if full else set(steps[:1])
    if len(names) < node.get("minProperties", 0):
        names.add(next(iter(node["properties"])))
    return {name: nearest(schema, node["properties"][name],
                          steps[1:] if steps[:1] == [name] else [], full)
            for name in node["properties"] if name in names}


PATTERNS = {
    "^[A-Z]{2}[A-Z2-9]{3}$": "CNHGH",
    "^Q[0-9]+$": "Q4970",
    "^(1[0-7]|[1-9])([.]([0-9]{1,2}|[a-d]))?$": "11.6",
    "^[0-2][0-9]:[0-5][0-9]$": "08:30",
}


def good_text(node):
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return node["enum"][0]
    if "x-vocab" in node:
        return VOCABS[node["x-vocab"]][0]["code"]
    if "format" in node:
        return SAMPLES[node["format"]]["good"][0]
    if "pattern" in node:
        return PATTERNS[node["pattern"]]
    return "x" * max(1, node.get("minLength", 1))


def nodes(schema, node, steps):
    """All (steps, resolved node) of a schema; 0 stands for any index."""
    node = schema.resolve(node)
    yield steps, node
    for name, inner in node.get("properties", {}).items():
        yield from nodes(schema, inner, steps + [name])
    if "items" in node:
        yield from nodes(schema, node["items"], steps + [0])
    if "additionalProperties" in node:
        yield from nodes(schema, node["additionalProperties"], steps + ["en"])


def bad_texts(node):
    yield from ("", "x", " x", "x\n", "ж" * 210, "0", "Ω😀", "null")
    for name in ("minLength", "maxLength"):
        if name in node and node[name] < 20000:
            for n in (node[name] - 1, node[name], node[name] + 1):
                yield "a" * max(0, n)
                yield "😀" * max(0, min(n, 1000))
    for value in node.get("enum", []) + [node.get("const", "a")]:
        yield from (value, value.upper(), value[:-1], value + "x")
    if "format" in node:
        yield from SAMPLES[node["format"]]["good"]
        yield from SAMPLES[node["format"]]["bad"]
    if "x-vocab" in node:
        for entry in VOCABS[node["x-vocab"]]:
            yield from (entry["code"], entry["code"] + "s")
            yield from entry["alias"][:1]
    if "pattern" in node:
        good = PATTERNS[node["pattern"]]
        yield from (good, good.lower(), good[1:], good + good, good + "\n")


def spoilt(node, good):
    """Other values for a node whose good value is @good."""
    yield from (None, True, 0, -1, "x", [], {}, [1], {"a": 1}, [[]], [None])
    kind = node["type"]
    if kind == "string":
        yield from bad_texts(node)
    elif kind == "integer":
        edges = [node.get("minimum", 0), node.get("maximum", 9)]
        for n in edges + [-2**63, 2**63 - 1]:
            yield from (m for m in (n - 1, n, n + 1) if -2**63 <= m < 2**63)
    elif kind == "array":
        yield from ([copy.deepcopy(good[0])] * n if good else []
                    for n in {2, node.get("minItems", 1) - 1,
                              node.get("maxItems", 2),
                              node.get("maxItems", 2) + 1} if 0 <= n < 300)
        yield [copy.deepcopy(good[0]) if good else "x", 5]
    elif kind == "object":
        yield from ({k: v for k, v in good.items() if k != name}
                    for name in good)
        yield {**good, "unknown_field": {"deep": [1, {"x": None}]}}
        yield {**good, "de": "y", "x y": "y", "en-": "", "a/b~c": 1}


def put(body, steps, value):
    if not steps:
        return value
    body = copy.deepcopy(body)
    at = body
    for step in steps[:-1]:
        at = at[step]
    at[steps[-1]] = value
    return body


def get(body, steps):
    for step in steps:
        body = body[step]
    return body


def bodies(schema):
    """Each field filled alone and spoilt; then everything, spoilt at random."""
    everything = nearest(schema, schema.schema, [], True)
    yield everything
    yield nearest(schema, schema.schema, [], False)
    all_nodes = list(nodes(schema, schema.schema, []))
    for steps, node in all_nodes:
        inside = steps + [0] if node["type"] == "array" else steps
        body = nearest(schema, schema.schema, inside, False)
        yield body
        for value in spoilt(node, get(body, steps)):
            yield put(body, steps, value)
    for name, value in conditions(schema):
        for drop in schema.schema["then"]["required"]:
            yield put(everything, [name], value)
            yield {k: v for k, v in put(everything, [name], value).items()
                   if k != drop}
    chance = random.Random(1)
    for _ in range(40):
        body = everything
        for _ in range(chance.randint(1, 4)):
            steps, node = chance.choice(all_nodes)
            try:
                good = get(body, steps)
                choice = chance.choice(list(spoilt(node, good)))
            except (KeyError, IndexError, TypeError, AttributeError):
                continue  # An earlier one took it away.
            body = put(body, steps, choice)
        yield body


def conditions(schema):
    for name, node in schema.schema.get("if", {}).get("properties", {}).items():
        yield name, node["const"]


# What the schemas are.

def walk(node):
    yield node
    for name in ("properties", "$defs"):
        for inner in node.get(name, {}).values():
            yield from walk(inner)
    for name in ("items", "additionalProperties"):
        if name in node:
            yield from walk(node[name])


def check_schema_file(name, schema, common):
    Draft202012Validator.check_schema(schema)
    for node in walk(schema):
        for key in set(node) - KEYWORDS:
            fail(f"{name}: '{key}' is not in the subset")
        if "$ref" not in node:
            if "type" not in node and node is not common:
                fail(f"{name}: a schema without type: {node}")
        for key in ("examples", "default"):
            values = node.get(key, [])
            for value in values if key == "examples" else [values]:
                if key in node:
                    inner = validator({**node, "$defs": schema.get("$defs", {})},
                                      common)
                    for e in inner.iter_errors(value):
                        fail(f"{name}: {key}: {e.message}")


def check_words(schema):
    """Every field and every allowed value has a name in both languages."""
    for steps, node in nodes(schema, schema.schema, []):
        if steps[-1:] == ["en"]:
            continue  # The text itself.
        where = f"{schema.name}: {pointer(steps)}"
        labels = {"x-label": node.get("x-label", {})}
        for value in node.get("enum", []):
            labels[value] = node.get("x-enum-label", {}).get(value, {})
        for what, label in labels.items():
            for tag in ("en", "zh-Hans"):
                if tag not in label:
                    fail(f"{where} {what} has no label in {tag}")


def fold(word):
    return unicodedata.normalize("NFKC", word).casefold().replace(" ", "-")


def check_vocab_file(name, entries):
    sdg = COMMON["$defs"]["sdg"]["pattern"]
    words = {}
    # Countries are recognised by their English names, not told in others.
    tags = ("en",) if name == "countries" else ("en", "zh-Hans", "id", "ru", "ar")
    for e in entries:
        for tag in tags:
            if tag not in e["label"]:
                fail(f"{name}: {e['code']} has no label in {tag}")
        for word in [e["code"], *e["label"].values(), *e["alias"]]:
            if words.setdefault(fold(word), e["code"]) != e["code"]:
                fail(f"{name}: {word!r} names {e['code']} and "
                     f"{words[fold(word)]}")
        to = e.get("map", {})
        if name == "topics" and not (to.get("iati") and to.get("sdg")):
            fail(f"{name}: {e['code']} has no IATI or SDG codes")
        for code in to.get("iati", []):
            if not formats.whole("[1-9][0-9]{4}", code):
                fail(f"{name}: {e['code']}: {code!r} is no IATI code")
        for code in to.get("sdg", []):
            if not formats.whole(sdg[1:-1], code):
                fail(f"{name}: {e['code']}: {code!r} is no SDG")


def uncovered(schema):
    """Constraints that refused nothing, by where they stand."""
    for steps, node in nodes(schema, schema.schema, []):
        where = pointer(steps)
        for key in CONSTRAINTS & set(node):
            if (where, key) not in schema.refused:
                yield f"{schema.name}: {where} {key} has refused nothing"


# The tables.

def run_tables(ours, schemas):
    for row in load(HERE / "bodies.json"):
        schemas[row["type"]].compare(
            ours, {"type": row["type"], "body": row["body"]}, row["body"],
            row["ok"], row.get("path"), row["why"])
    for name in schemas:
        if {r["ok"] for r in load(HERE / "bodies.json") if r["type"] == name} \
                != {True, False}:
            fail(f"bodies.json needs good and bad bodies of {name}")
    for i, table in enumerate(load(HERE / "keywords.json")):
        common = table.get("common")
        schema = Schema(f"keywords.json {i}", table["schema"], common)
        Draft202012Validator.check_schema(table["schema"])
        for ok in (True, False):
            for body in table["good" if ok else "bad"]:
                question = {"schema": table["schema"], "body": body}
                if common is not None:
                    question["common"] = common
                schema.compare(ours, question, body, ok)
    for table in load(HERE / "outside.json"):
        ours.ask({"schema": table["schema"], "body": {}},
                 lambda answer, t=table: refuses_schema(answer, t))
    for name, function in formats.FORMATS.items():
        if name not in SAMPLES:
            fail(f"formats.json has no '{name}'")
            continue
        run_format(ours, name, function)


def refuses_schema(answer, table):
    if answer["verdict"] != "no-schema" or table["says"] not in answer["why"]:
        fail(f"{table['schema']} should not load ({table['says']}): {answer}")


def run_format(ours, name, function):
    samples = [(t, True) for t in SAMPLES[name]["good"]]
    samples += [(t, False) for t in SAMPLES[name]["bad"]]
    for text, want in samples:
        if function(text) != want:
            fail(f"{name}: {text!r}: formats.py says {not want}")
    chance = random.Random(name)
    alphabet = sorted({c for t, _ in samples for c in t}) + list("0aZ-/.:+X@é中")
    texts = [t for t, _ in samples] + [n for n in SAMPLES]
    for t, _ in samples:
        for _ in range(60):
            at = chance.randrange(len(t) + 1)
            cut = chance.choice((0, 1, 1, 2))
            texts.append(t[:at] + "".join(chance.choices(
                alphabet, k=chance.choice((0, 1, 1, 2)))) + t[at + cut:])
    for text in texts:
        if "\0" in text:
            continue  # JSON with U+0000 does not come this far.
        want = "ok" if function(text) else "refused"

        def then(answer, text=text, want=want):
            if answer["verdict"] != want:
                fail(f"{name}: {text!r}: formats.py {want}, "
                     f"ours {answer['verdict']}")

        ours.ask({"format": name, "text": text}, then)


def main():
    ours = Ours(sys.argv[1])
    schemas = {name: Schema(name, schema, COMMON)
               for name, schema in RECORDS.items()}
    check_schema_file("common", COMMON, COMMON)
    for name, schema in RECORDS.items():
        check_schema_file(name, schema, COMMON)
    run_tables(ours, schemas)
    told = (PROTO / "SCHEMA.md").read_text(encoding="utf-8")
    for word in sorted(KEYWORDS):
        if f"`{word}`" not in told:
            fail(f"SCHEMA.md does not tell {word}")
    for name, entries in VOCABS.items():
        check_vocab_file(name, entries)
    for name, schema in schemas.items():
        check_words(schema)
        for body in bodies(schema):
            schema.compare(ours, {"type": name, "body": body}, body)
    n = len(ours.questions)
    ours.run()
    for schema in schemas.values():
        for line in uncovered(schema):
            fail(line)
    print(f"{n} questions, {len(failures)} disagreements")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
