"""Messages between peers for make.py, good ones and refusals; @m is that
module."""
import cases
import messages as w
import protocol as p

put = cases.put


class Example:
    """What the messages speak of: the example city, its association, and the
    puts and slots of revision 1.2."""

    def __init__(self, m):
        lga = m.make_keyset([m.ROOT3], n=1, kind=p.LGA, threshold=1,
                            roots=[m.public(m.ROOT3)], created=m.T0,
                            keys=[(m.public(m.ROOT3), p.HEAD)])
        self.m, self.city = m, m.CITY
        self.lga, self.lga_keyset = p.digest("keyset", lga[1]), lga[0]
        self.scope = sorted([self.city, self.lga])
        self.here, self.there = bytes(range(16)), bytes(range(16, 32))
        self.opening = p.canonical(m.REV2.raw_net, 8)
        self.office = [self.slot_put(x, p.PUBLIC)
                       for x in (m.OFFICE2_NEW, m.OFFICE3, m.PRACTICE)]
        self.contact = self.slot_put(m.CONTACT, p.NETWORK)
        self.cursor = [self.there, w.scope_hash(self.scope), True, 41]
        self.held = [1, 2, m.REV2.hash, m.T0 + m.DAY]

    @staticmethod
    def slot_put(made, audience):
        fields, raw = made
        return [audience, fields["type"], fields["key"]], [audience, raw]

    def commit(self, form, keysets=(), opening=True, base=None, puts=(),
               removed=()):
        return [self.m.REV2.head, list(keysets),
                self.opening if opening else None, base, form, list(puts),
                list(removed)]

    def delta(self):
        return self.commit(w.DELTA, base=[1, 1], puts=[
            x[1] for x in self.office + [self.contact]])

    def full(self, opening=False):
        return self.commit(w.FULL, [self.m.KEYSET1[0]], opening, puts=[
            [p.PUBLIC, x] for x in self.m.REV2.records])


def good(e):
    """{(which, what more): value}"""
    m, slots = e.m, [x[0] for x in e.office]
    leaves = [s + [p.leaf_hash(x[1])] for s, x in e.office]
    members = sorted([e.city, bytes([0x77]) * 32])
    inside = [e.city, slots[1]]
    head_alone = e.commit(w.HEAD, opening=False)
    return {
        ("hello-request", ""): [e.here, 1],
        ("hello-answer", ""): [e.there, 3, 41, m.T0 + m.DAY, 524288, 55,
                               [e.lga]],
        ("hello-answer", "of a city alone"): [e.there, 1, 0, 0, 0, 0, []],
        ("feed-request", ""): [e.scope, e.cursor, 55],
        ("feed-request", "without cursor"): [[], None, 0],
        ("feed-answer", ""): [put(e.cursor, 3, 42), True, [e.delta()]],
        ("feed-answer", "without news"): [e.cursor, False, []],
        ("vector-request", ""): [
            e.lga, w.members_hash([e.lga] + members), False,
            [[1, 7], [1, 1], [0, 0]]],
        ("vector-request", "with times"): [
            e.lga, w.members_hash([e.lga] + members), True,
            [[1, 7, m.T0], [1, 2, m.T0 + m.DAY], [0, 0, 0]]],
        ("vector-answer", ""): [
            w.heads_digest([(1, m.T0, bytes([0x55]) * 32)]),
            [[1, 1, 2, m.T0 + m.DAY]], [[2, 0, 0, 0]]],
        ("vector-answer", "without differences"): [bytes(32), [], []],
        ("changes-request", ""): [[
            [c] + ([1, 1, m.T0 + 60, True] if c == e.city else
                   [0, 0, 0, False]) for c in e.scope]],
        ("changes-answer", ""): [2, [e.delta()]],
        ("changes-answer", "with a head alone"): [1, [head_alone]],
        ("leaves-request", ""): [e.city, None],
        ("leaves-request", "of a next page"): [e.city, slots[0]],
        ("leaves-answer", ""): [
            m.REV2.head, e.opening, False,
            leaves + [e.contact[0] + [p.leaf_hash(m.CONTACT[1])]]],
        ("leaves-answer", "with more behind it"): [m.REV2.head, None, True,
                                                   leaves[:1]],
        ("records-request", ""): [e.city, slots + [e.contact[0]]],
        ("records-answer", ""): [[x[1] for x in e.office]],
        ("range-request", ""): [e.scope, bytes(32), b"\xff" * 32, None],
        ("range-request", "inside a city"): [e.scope, bytes(32), b"\xff" * 32,
                                             inside],
        ("range-request", "behind a city"): [e.scope, bytes(32), b"\xff" * 32,
                                             [e.city, None]],
        ("range-answer", ""): [None, [[True, True, e.full()]]],
        ("range-answer", "with more behind it"): [inside, [[
            True, False, put(e.full(), 5, e.full()[5][:3])]]],
        ("push-request", ""): e.delta(),
        ("push-request", "of a removal"): e.commit(
            w.DELTA, base=[1, 1], removed=[slots[0], e.contact[0]]),
        ("push-request", "of all records"): e.full(True),
        ("push-request", "of what is staged"): e.commit(w.STAGED),
        ("push-request", "of a head alone"): head_alone,
        ("push-answer", ""): e.held,
        ("push-answer", "when nothing is held"): w.NOTHING,
        ("push-part-request", ""): [e.city, m.REV2.hash, 3, [e.contact[1]]],
        ("push-part-answer", ""): [4],
        ("keysets-request", ""): [e.city, 2],
        ("keysets-answer", ""): [[m.KEYSET2[0]]],
        ("heads-request", ""): [e.scope],
        ("heads-answer", ""): [[m.REV2.head]],
        ("query-request", ""): ["who", {"for": "sister-city"}],
        ("query-answer", ""): [0, {"items": [], "next": None}],
        ("join-request", ""): [e.lga, [m.KEYSET1[0]], "Baguio",
                               "We met in May.", ""],
        ("join-answer", ""): [0, m.T0],
        ("status-request", ""): [e.city],
        ("status-answer", ""): [e.held, 1, [[e.lga, True, m.T0 + m.DAY]]],
        ("ping-request", ""): [],
        ("ping-answer", ""): [m.T0],
        ("cursor", ""): e.cursor,
        ("envelope-request", ""): [1, 15, 65536, []],
        ("envelope-reply", ""): [1, 0, [m.T0]],
        ("envelope-reply", "that refuses"): [
            1, 41, ["the cursor is of another state, begin anew", None]],
        ("envelope-reply", "that refuses and says what is held"): [
            1, 27, ["older than what is already known", e.held]],
    }


def every_array(raw):
    """Refusals of any message: (name, error, bytes)."""
    n = raw[0] & 15
    return [("nothing", "MALFORMED", b""),
            ("no array", "MALFORMED", b"\x01"),
            ("cut off", "MALFORMED", raw[:-1]),
            ("a byte too many", "MALFORMED", raw + b"\0"),
            ("a longer array header", "NONCANON",
             b"\xdc\0" + bytes([n]) + raw[1:]),
            ("an element too many", "MALFORMED",
             bytes([raw[0] + 1]) + raw[1:] + b"\xc0")] + (
                 [("an element too few", "MALFORMED",
                   bytes([raw[0] - 1]) + raw[1:])] if n else [])


def places(value, errors):
    """Each element of @value replaced: {index: [(name, error, new)]}."""
    return [(f"{name} (element {i})", error, put(value, i, new))
            for i, made in errors.items() for name, error, new in made]


HASH = [("a hash of 31 bytes", "MALFORMED", bytes(31))]
BOOL = [("a number for a boolean", "MALFORMED", 1)]
TIME = [("a time after 9999", "TOO_BIG", p.TIME_MAX + 1)]
NUMBER = [("a negative number", "MALFORMED", -1),
          ("a number beyond 63 bits", "TOO_BIG", 2**63)]
LIST = [("a list that is a map", "MALFORMED", {})]


def commit_refusals(e):
    """Whatever a commit may not be: (name, error, value)."""
    m, c = e.m, e.delta()
    slots = [x[0] for x in e.office]
    removal = e.commit(w.DELTA, removed=slots)

    def removed(*which):
        return put(removal, 6, list(which))
    return places(c, {
        0: [("a head of 1025 bytes", "TOO_BIG", bytes(1025)),
            ("a head as text", "MALFORMED", "head")],
        1: [("a keyset of 8193 bytes", "TOO_BIG", [bytes(8193)])] + LIST,
        2: [("an opening of version 2", "UNSUPPORTED", put(e.opening, 0, 2)),
            ("an opening of 4 elements", "MALFORMED", e.opening[:4]),
            ("an opening with too many records", "TOO_BIG",
             put(e.opening, 3, 1000001)),
            ("network records without an opening", "MALFORMED", None)],
        3: [("a base of epoch 0", "MALFORMED", [0, 1]),
            ("a base of revision 0", "MALFORMED", [1, 0]),
            ("a base of nothing", "MALFORMED", [0, 0]),
            ("a base of 3 elements", "MALFORMED", [1, 1, 1])],
        4: [("form 4", "TOO_BIG", 4),
            ("a full state with a base", "MALFORMED", w.FULL)],
        5: [("a put of 3 elements", "MALFORMED", [[0, b"", 0]]),
            ("a local put", "TOO_BIG", [[2, b""]]),
            ("a record of 65537 bytes", "TOO_BIG", [[0, bytes(65537)]]),
            ("a record as text", "MALFORMED", [[0, "record"]])] + LIST,
    }) + [
        ("removals out of order", "NONCANON", removed(slots[1], slots[0])),
        ("a removal twice", "NONCANON", removed(slots[0], slots[0])),
        ("a local removal", "TOO_BIG", removed(put(slots[0], 0, 2))),
        ("a removal of a type in capitals", "MALFORMED",
         removed(put(slots[0], 1, "Office"))),
        ("a removal of a type of 41 bytes", "TOO_BIG",
         removed(put(slots[0], 1, "a" * 41))),
        ("a removal with a key of 15 bytes", "MALFORMED",
         removed(put(slots[0], 2, bytes(15)))),
        ("a removal of 2 elements", "MALFORMED", removed(slots[0][:2])),
        ("a network removal without an opening", "MALFORMED",
         put(put(removal, 2, None), 6, [e.contact[0]])),
        ("a full state with removals", "MALFORMED",
         put(removal, 4, w.FULL)),
        ("a head alone with puts", "MALFORMED",
         e.commit(w.HEAD, puts=c[5])),
        ("a head alone with removals", "MALFORMED", put(removal, 4, w.HEAD)),
        ("a head alone with a base", "MALFORMED",
         e.commit(w.HEAD, base=[1, 1])),
        ("a staged state with puts", "MALFORMED",
         e.commit(w.STAGED, puts=c[5])),
        ("a staged state with removals", "MALFORMED",
         put(removal, 4, w.STAGED))]


def refused(e):
    """{which: [(name, error, value)]}"""
    m, v = e.m, {k[0]: x for k, x in good(e).items() if not k[1]}
    slots, back = [x[0] for x in e.office], e.scope[::-1]
    many = [i.to_bytes(32, "big") for i in range(65)]
    scope = [("a scope out of order", "NONCANON", back),
             ("an id twice", "NONCANON", [e.city, e.city]),
             ("65 ids", "TOO_BIG", many)] + LIST
    asked = v["changes-request"][0]
    leaves, full = v["leaves-answer"][3], e.full()
    part = [True, True, full]
    pairs = [("a cursor of 3 elements", "MALFORMED", e.cursor[:3]),
             ("an instance of 15 bytes", "MALFORMED",
              put(e.cursor, 0, bytes(15))),
             ("a scope's hash of 33 bytes", "MALFORMED",
              put(e.cursor, 1, bytes(33))),
             ("a number for network", "MALFORMED", put(e.cursor, 2, 1)),
             ("a negative position", "MALFORMED", put(e.cursor, 3, -1))]
    stored = [("a revision of epoch 0", "MALFORMED", put(e.held, 0, 0)),
              ("revision 0 of an epoch", "MALFORMED", put(e.held, 1, 0)),
              ("nothing with a content", "MALFORMED",
               put(w.NOTHING, 2, m.REV1.hash)),
              ("nothing with a time", "MALFORMED", put(w.NOTHING, 3, 1)),
              ("a content hash of 31 bytes", "MALFORMED",
               put(e.held, 2, bytes(31))),
              ("a time after 9999", "TOO_BIG",
               put(e.held, 3, p.TIME_MAX + 1))]
    wait = [("a wait of 56 seconds", "TOO_BIG", 56)]
    keysets = [("a keyset of 8193 bytes", "TOO_BIG", [bytes(8193)]),
               ("a keyset as an array", "MALFORMED", [[]])]
    versions = v["vector-request"][3]
    deep = {}
    for _ in range(24):
        deep = {"a": deep}
    documents = [("a document that is an array", "MALFORMED", []),
                 ("a document that is nil", "MALFORMED", None),
                 ("25 levels", "TOO_BIG", deep)]
    puts = [("a put that is bin", "MALFORMED", [b""]),
            ("a local put", "TOO_BIG", [[2, b""]])] + LIST
    after = [("a slot of 4 elements", "MALFORMED", slots[0] + [0]),
             ("a type that is empty", "MALFORMED", put(slots[0], 1, ""))]
    cursor_at = [("a cursor of 1 element", "MALFORMED", [e.city])] + [
        (name, error, [e.city, bad]) for name, error, bad in after]
    found = {
        "hello-request": places(v["hello-request"], {
            0: [("an instance of 15 bytes", "MALFORMED", bytes(15))],
            1: [("a role that nobody knows", "TOO_BIG", 4)]}),
        "hello-answer": places(v["hello-answer"], {
            0: [("an instance as text", "MALFORMED", "a" * 16)],
            1: [("a role that nobody knows", "TOO_BIG", 4)],
            2: NUMBER, 3: TIME, 5: wait, 6: scope}),
        "feed-request": places(v["feed-request"], {
            0: scope, 1: pairs, 2: wait}),
        "feed-answer": places(v["feed-answer"], {
            0: pairs + [("no cursor", "MALFORMED", None)], 1: BOOL,
            2: [("more, but no commit", "MALFORMED", [])] + LIST}),
        "vector-request": places(v["vector-request"], {
            0: HASH, 1: HASH,
            2: [("times that are not there", "MALFORMED", True)] + BOOL,
            3: [("a version with time", "MALFORMED", [[1, 1, 1]]),
                ("a revision of epoch 0", "MALFORMED", [[0, 1]]),
                ("revision 0 of an epoch", "MALFORMED", [[1, 0]]),
                ("a version more than cities", "TOO_BIG",
                 [[0, 0]] * (p.LIMIT["LGA_MEMBERS"] + 2))]}) + [
            ("a time of nothing", "MALFORMED",
             put(put(v["vector-request"], 2, True), 3, [[0, 0, 1]]))],
        "vector-answer": places(v["vector-answer"], {
            0: HASH,
            1: [("a difference of 3 elements", "MALFORMED", [[1, 1, 1]]),
                ("a difference of epoch 0", "MALFORMED", [[1, 0, 1, 0]]),
                ("a time of nothing", "MALFORMED", [[1, 0, 0, 1]]),
                ("differences out of order", "NONCANON",
                 [[2, 1, 1, 0], [1, 1, 1, 0]]),
                ("an index twice", "NONCANON", [[2, 1, 1, 0]] * 2),
                ("an index behind all", "TOO_BIG", [[p.LIMIT["LGA_MEMBERS"] + 1, 1, 1, 0]])],
            2: LIST}),
        "changes-request": places(v["changes-request"], {0: [
            ("cities out of order", "NONCANON", asked[::-1]),
            ("a city twice", "NONCANON", [asked[0]] * 2),
            ("a revision of epoch 0", "MALFORMED",
             [[e.city, 0, 1, 0, False]]),
            ("revision 0 of an epoch", "MALFORMED",
             [[e.city, 1, 0, 0, False]]),
            ("a time of nothing", "MALFORMED", [[e.city, 0, 0, 1, False]]),
            ("a network state of nothing", "MALFORMED",
             [[e.city, 0, 0, 0, True]]),
            ("a city of 4 elements", "MALFORMED", [[e.city, 1, 1, 1]])]}),
        "changes-answer": places(v["changes-answer"], {
            0: [("a commit that nobody asked for", "MALFORMED", 0),
                ("more answers than cities", "TOO_BIG", 100001)],
            1: LIST}),
        "leaves-request": places(v["leaves-request"], {0: HASH, 1: after}),
        "leaves-answer": places(v["leaves-answer"], {
            0: [("a head of 1025 bytes", "TOO_BIG", bytes(1025))],
            1: [("network leaves without an opening", "MALFORMED", None)],
            2: BOOL,
            3: [("leaves out of order", "NONCANON", leaves[1::-1]),
                ("a leaf twice", "NONCANON", leaves[:1] * 2),
                ("a leaf of 3 elements", "MALFORMED", [leaves[0][:3]]),
                ("a local leaf", "TOO_BIG", [put(leaves[0], 0, 2)]),
                ("a type in capitals", "MALFORMED",
                 [put(leaves[0], 1, "Office")]),
                ("a leaf hash of 31 bytes", "MALFORMED",
                 [put(leaves[0], 3, bytes(31))])]}) + [
            ("more, but no leaf", "MALFORMED", [m.REV2.head, None, True, []])],
        "records-request": places(v["records-request"], {
            0: HASH,
            1: [("slots out of order", "NONCANON", slots[1::-1]),
                ("a slot twice", "NONCANON", slots[:1] * 2)]}),
        "records-answer": places(v["records-answer"], {0: puts}),
        "range-request": places(v["range-request"], {
            0: scope, 1: HASH, 2: HASH, 3: cursor_at}),
        "range-answer": places(v["range-answer"], {
            0: cursor_at,
            1: [("a part that is a delta", "MALFORMED",
                 [[True, True, e.delta()]]),
                ("keysets in a later part", "MALFORMED",
                 [[False, True, full]]),
                ("a part of 2 elements", "MALFORMED", [part[:2]]),
                ("a part that begins with 1", "MALFORMED",
                 [put(part, 0, 1)])]}) + [
            ("a cursor without parts", "MALFORMED", [[e.city, None], []])],
        "push-request": commit_refusals(e),
        "push-answer": stored,
        "push-part-request": places(v["push-part-request"], {
            0: HASH, 1: HASH, 2: NUMBER, 3: puts}),
        "push-part-answer": places(v["push-part-answer"], {0: NUMBER}),
        "keysets-request": places(v["keysets-request"], {
            0: HASH, 1: [("keyset 0", "MALFORMED", 0)] + NUMBER}),
        "keysets-answer": places(v["keysets-answer"], {0: keysets}),
        "heads-request": places(v["heads-request"], {0: [
            ("cities out of order", "NONCANON", back),
            ("a city twice", "NONCANON", [e.city] * 2)]}),
        "heads-answer": places(v["heads-answer"], {0: [
            ("a head of 1025 bytes", "TOO_BIG", [bytes(1025)])]}),
        "query-request": places(v["query-request"], {
            0: [("a name of 41 bytes", "TOO_BIG", "a" * 41)], 1: documents}),
        "query-answer": places(v["query-answer"], {0: NUMBER, 1: documents}),
        "join-request": places(v["join-request"], {
            0: HASH, 1: keysets,
            2: [("a name of 201 bytes", "TOO_BIG", "a" * 201)],
            3: [("a note of 2001 bytes", "TOO_BIG", "a" * 2001)],
            4: [("a token of 201 bytes", "TOO_BIG", "a" * 201),
                ("no token", "MALFORMED", None)]}),
        "join-answer": places(v["join-answer"], {
            0: [("state 3", "TOO_BIG", 3)], 1: TIME}),
        "status-request": places(v["status-request"], {0: HASH}),
        "status-answer": places(v["status-answer"], {
            0: stored, 1: [("state 3", "TOO_BIG", 3)],
            2: [("a holder of 2 elements", "MALFORMED", [[e.lga, True]]),
                ("a holder heard after 9999", "TOO_BIG",
                 [[e.lga, True, p.TIME_MAX + 1]])] + LIST}),
        "ping-request": [],
        "ping-answer": places(v["ping-answer"], {0: TIME + NUMBER}),
        "cursor": pairs,
        "envelope-request": places(v["envelope-request"], {
            0: [("version 0", "UNSUPPORTED", 0),
                ("version 2", "UNSUPPORTED", 2)],
            1: [("kind 0", "UNSUPPORTED", 0),
                ("kind 16", "UNSUPPORTED", 16),
                ("a kind as text", "MALFORMED", "ping")],
            2: NUMBER,
            3: [("more bytes than a request may have", "TOO_BIG",
                 bytes(524288))]}) + [
            ("version 2 with an element less", "UNSUPPORTED", [2, 15, 0])],
        "envelope-reply": places(v["envelope-reply"], {
            0: [("version 2", "UNSUPPORTED", 2)],
            1: NUMBER + [("a refusal without reason", "MALFORMED", 7)]}) + [
            ("a refusal of 3 elements", "MALFORMED", [1, 7, ["", None, 0]]),
            ("a reason of 1001 bytes", "TOO_BIG", [1, 7, ["a" * 1001, None]]),
            ("a detail of 9 levels", "TOO_BIG",
             [1, 7, ["", [[[[[[[[[]]]]]]]]]]])],
    }
    for name in ("changes-answer", "feed-answer"):
        at = 1 if name == "changes-answer" else 2
        found[name] += [
            (f"commit: {what}", error, put(v[name], at, [bad]))
            for what, error, bad in commit_refusals(e)[::5]]
    return found


def pack(value):
    """As p.pack(), with one number that it does not write."""
    if isinstance(value, int) and value == 2**63:
        return b"\xcf\x80" + bytes(7)
    if isinstance(value, list):
        return p.pack_length(len(value), 0x90, 15, ((0xdc, 2), (0xdd, 4))) + \
            b"".join(map(pack, value))
    return p.pack(value)


LONG = 4096  # Bytes; of longer refusals one unit is told, and how often.


def repeated(raw):
    """(begin, unit, times, end) of the run in the middle of @raw."""
    for k in (1, 3):
        first = last = len(raw) // 2
        while first > 0 and raw[first - 1] == raw[first - 1 + k]:
            first -= 1
        while last + k < len(raw) and raw[last] == raw[last + k]:
            last += 1
        times = (last + k - first) // k
        if k * times > LONG // 2:
            return raw[:first], raw[first:first + k], times, \
                raw[first + k * times:]
    raise ValueError("no run")


def one(m, which, name, error, raw):
    v = m.vector(f"{which}: {name}", {"which": which}, hex=raw, error=error)
    if len(raw) > LONG:
        begin, unit, times, end = repeated(raw)
        v |= {"hex": None, "long": [begin.hex(), unit.hex(), times,
                                    end.hex()]}
    return v


def messages(m):
    e = Example(m)
    made, bad = good(e), refused(e)
    vectors = []
    for (which, more), value in made.items():
        name = f"{which.replace('-', ' ')} {more}".strip()
        vectors.append(m.vector(name, {"which": which, "value": value},
                                hex=p.pack(value)))
    for which, wrong in bad.items():
        raw = p.pack(made[which, ""])
        every = every_array(raw)
        if which.startswith("envelope"):
            # The version is looked at first; what arguments and body are, by
            # their own readers.
            every = every[:2] + every[4:5]
        vectors += [one(m, which, *x) for x in every]
        vectors += [one(m, which, name, error, pack(value))
                    for name, error, value in wrong]
    return vectors


def digests(m):
    """Hashes over lists, for hash.json."""
    e = Example(m)
    members = [e.lga, e.city, bytes([0x77]) * 32]
    parts = [("scope", "the hash of a scope",
              [b"".join(map(p.pack, e.scope))]),
             ("vector", "a list of one member", [bytes(32), members[0]]),
             ("vector", "a list of two members",
              [w.members_hash(members[:1]), members[1]]),
             ("vector", "the digest of one head",
              [bytes(32), (1).to_bytes(8, "big"),
               (m.T0 + m.DAY).to_bytes(8, "big"), m.REV2.hash])]
    parts += [(kind, f"\"abc\" as {kind}", [b"abc"])
              for kind in ("scope", "vector")]
    return [m.vector(name, {"kind": kind, "parts": of},
                     hex=p.digest(kind, *of)) for kind, name, of in parts]
