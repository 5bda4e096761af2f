"""The chapter "Messages" of proto/PROTOCOL.md once more, from the document
alone: each reader gives the value that it has read, or refuses."""
import re

import protocol as p

INT = p.INT64_MAX
MANY = p.LIMIT["LIST_ITEMS"]
KINDS = ("hello", "feed", "vector", "changes", "leaves", "records", "range",
         "push", "push-part", "keysets", "heads", "query", "join", "status",
         "ping")
DELTA, FULL, HEAD, STAGED = range(4)
NOTHING = [0, 0, bytes(32), 0]


# Pieces

def boolean(r):
    p.require(r.tag() in (0xc2, 0xc3), "MALFORMED")
    r.at += 1
    return r.raw[r.at - 1] == 0xc3


def maybe(r, read):
    return None if r.nil() else read(r)


def listed(r, most, read):
    return [read(r) for _ in range(r.array(most))]


def ascending(r, most, read, key):
    found = []
    for _ in range(r.array(most)):
        found.append(read(r))
        p.require(len(found) < 2 or key(found[-2]) < key(found[-1]),
                  "NONCANON")
    return found


def hash_of(r):
    return r.binary_of(32)


def ids(r, most):
    return ascending(r, most, hash_of, bytes)


def time(r):
    return r.uint(p.TIME_MAX)


def version(r):
    epoch, rev = r.uint(INT), r.uint(INT)
    p.require((epoch == 0) == (rev == 0), "MALFORMED")
    return epoch, rev


def head(r):
    return r.binary(p.LIMIT["HEAD_BYTES"])


def keysets(r):
    return listed(r, MANY, lambda r: r.binary(p.LIMIT["KEYSET_BYTES"]))


def slot_of(r):
    audience = r.uint(p.NETWORK)
    kind, key = r.text(p.LIMIT["TYPE_BYTES"]), r.binary_of(16)
    p.require(p.is_type(kind), "MALFORMED")
    return [audience, kind, key]


def slot(r):
    r.array_of(3)
    return slot_of(r)


def place(x):
    return x[0], x[1].encode(), x[2]


def put(r):
    r.array_of(2)
    return [r.uint(p.NETWORK), r.binary(p.LIMIT["RECORD_BYTES"])]


def opening(r):
    r.object(1, 5)
    return [1, hash_of(r), hash_of(r), r.uint(p.LIMIT["CITY_RECORDS"]),
            r.uint(INT)]


def base(r):
    r.array_of(2)
    found = version(r)
    p.require(found[0] > 0, "MALFORMED")
    return list(found)


def commit(r):
    r.array_of(7)
    c = [head(r), keysets(r), maybe(r, opening), maybe(r, base),
         r.uint(STAGED), listed(r, MANY, put),
         ascending(r, MANY, slot, place)]
    form, puts, removed = c[4:]
    p.require(form == DELTA or (c[3] is None and not removed), "MALFORMED")
    p.require(form in (DELTA, FULL) or not puts, "MALFORMED")
    p.require(c[2] is not None or not any(
        x[0] == p.NETWORK for x in puts + removed), "MALFORMED")
    return c


def commits(r):
    return listed(r, MANY, commit)


def cursor(r):
    r.array_of(4)
    return [r.binary_of(16), hash_of(r), boolean(r), r.uint(INT)]


def stored(r):
    r.array_of(4)
    found = [*version(r), hash_of(r), time(r)]
    p.require(found[0] > 0 or found == NOTHING, "MALFORMED")
    return found


# Requests and answers

def hello_request(r):
    r.array_of(2)
    return [r.binary_of(16), r.uint(3)]


def hello_answer(r):
    r.array_of(7)
    return [r.binary_of(16), r.uint(3), r.uint(INT), time(r), r.uint(INT),
            r.uint(p.LIMIT["WAIT_S"]), ids(r, p.LIMIT["SCOPE_IDS"])]


def feed_request(r):
    r.array_of(3)
    return [ids(r, p.LIMIT["SCOPE_IDS"]), maybe(r, cursor),
            r.uint(p.LIMIT["WAIT_S"])]


def feed_answer(r):
    r.array_of(3)
    found = [cursor(r), boolean(r), commits(r)]
    p.require(found[2] or not found[1], "MALFORMED")
    return found


def vector_request(r):
    r.array_of(4)
    found = [hash_of(r), hash_of(r), boolean(r)]

    def one(r):
        r.array_of(3 if found[2] else 2)
        v = [*version(r)] + ([time(r)] if found[2] else [])
        p.require(v[0] > 0 or not any(v), "MALFORMED")
        return v
    return found + [listed(r, p.LIMIT["LGA_MEMBERS"] + 1, one)]


def vector_answer(r):
    r.array_of(3)

    def one(r):
        r.array_of(4)
        d = [r.uint(p.LIMIT["LGA_MEMBERS"]), *version(r), time(r)]
        p.require(d[1] > 0 or not any(d[1:]), "MALFORMED")
        return d

    def differences(r):
        return ascending(r, p.LIMIT["LGA_MEMBERS"] + 1, one, lambda d: d[0])
    return [hash_of(r), differences(r), differences(r)]


def changes_request(r):
    def one(r):
        r.array_of(5)
        s = [hash_of(r), *version(r), time(r), boolean(r)]
        p.require(s[1] > 0 or not any(s[1:]), "MALFORMED")
        return s
    r.array_of(1)
    return [ascending(r, MANY, one, lambda s: s[0])]


def changes_answer(r):
    r.array_of(2)
    found = [r.uint(MANY), commits(r)]
    p.require(len(found[1]) <= found[0], "MALFORMED")
    return found


def leaves_request(r):
    r.array_of(2)
    return [hash_of(r), maybe(r, slot)]


def leaves_answer(r):
    def leaf(r):
        r.array_of(4)
        audience = r.uint(p.NETWORK)
        kind, key = r.text(p.LIMIT["TYPE_BYTES"]), r.binary_of(16)
        hashed = hash_of(r)
        p.require(p.is_type(kind), "MALFORMED")
        return [audience, kind, key, hashed]
    r.array_of(4)
    found = [head(r), maybe(r, opening), boolean(r),
             ascending(r, MANY, leaf, place)]
    p.require(found[3] or not found[2], "MALFORMED")
    p.require(found[1] is not None or not any(
        x[0] == p.NETWORK for x in found[3]), "MALFORMED")
    return found


def records_request(r):
    r.array_of(2)
    return [hash_of(r), ascending(r, MANY, slot, place)]


def records_answer(r):
    r.array_of(1)
    return [listed(r, MANY, put)]


def range_cursor(r):
    r.array_of(2)
    return [hash_of(r), maybe(r, slot)]


def range_request(r):
    r.array_of(4)
    return [ids(r, p.LIMIT["SCOPE_IDS"]), hash_of(r), hash_of(r),
            maybe(r, range_cursor)]


def range_answer(r):
    def part(r):
        r.array_of(3)
        found = [boolean(r), boolean(r), commit(r)]
        p.require(found[2][4] == FULL, "MALFORMED")
        p.require(found[0] or not found[2][1], "MALFORMED")
        return found
    r.array_of(2)
    found = [maybe(r, range_cursor), listed(r, MANY, part)]
    p.require(found[1] or found[0] is None, "MALFORMED")
    return found


push_request, push_answer = commit, stored


def push_part_request(r):
    r.array_of(4)
    return [hash_of(r), hash_of(r), r.uint(INT), listed(r, MANY, put)]


def push_part_answer(r):
    r.array_of(1)
    return [r.uint(INT)]


def keysets_request(r):
    r.array_of(2)
    found = [hash_of(r), r.uint(INT)]
    p.require(found[1] > 0, "MALFORMED")
    return found


def keysets_answer(r):
    r.array_of(1)
    return [keysets(r)]


def heads_request(r):
    r.array_of(1)
    return [ids(r, MANY)]


def heads_answer(r):
    r.array_of(1)
    return [listed(r, MANY, head)]


def document(r):
    p.require(0x80 <= r.tag() < 0x90 or r.tag() in (0xde, 0xdf), "MALFORMED")
    return r.any(p.LIMIT["CONTROL_DEPTH"])[0]


def query_request(r):
    r.array_of(2)
    return [r.text(p.LIMIT["CONTROL_NAME_BYTES"]), document(r)]


def query_answer(r):
    r.array_of(2)
    return [r.uint(INT), document(r)]


def join_request(r):
    r.array_of(5)
    return [hash_of(r), keysets(r), r.text(p.LIMIT["NAME_BYTES"]),
            r.text(p.LIMIT["NOTE_BYTES"]), r.text(p.LIMIT["NAME_BYTES"])]


def join_answer(r):
    r.array_of(2)
    return [r.uint(2), time(r)]


def status_request(r):
    r.array_of(1)
    return [hash_of(r)]


def status_answer(r):
    def holder(r):
        r.array_of(3)
        return [hash_of(r), boolean(r), time(r)]
    r.array_of(3)
    return [stored(r), r.uint(2), listed(r, MANY, holder)]


def ping_request(r):
    r.array_of(0)
    return []


def ping_answer(r):
    r.array_of(1)
    return [time(r)]


# The envelope

def rest(r):
    p.require(r.left() > 0, "MALFORMED")
    return r.take(r.left())


def envelope_request(r):
    p.require(r.left() <= p.LIMIT["REQUEST_BYTES"], "TOO_BIG")
    r.object(1, 4)
    kind, most = r.uint(INT), r.uint(INT)
    args = rest(r)
    p.require(1 <= kind <= len(KINDS), "UNSUPPORTED")
    return [1, kind, most, p.canonical(args, 64)]


def envelope_reply(r):
    p.require(r.left() <= p.LIMIT["REPLY_BYTES"], "TOO_BIG")
    r.object(1, 3)
    code = r.uint(INT)
    if code == 0:
        return [1, code, p.canonical(rest(r), 64)]
    r.array_of(2)
    return [1, code, [r.text(p.LIMIT["REASON_BYTES"]),
                      maybe(r, lambda r: r.any(p.LIMIT["DEPTH"])[0])]]


READERS = {"cursor": cursor} | {
    name.replace("_", "-"): fn for name, fn in globals().items()
    if re.search("_(request|answer|reply)$", name)}


def read(which, raw):
    """The value of a message, @which of READERS, from its bytes."""
    r = p.Reader(raw)
    value = READERS[which](r)
    r.finish()
    return value


# Hashes over lists

def scope_hash(scope):
    return p.digest("scope", b"".join(map(p.pack, scope)))


def members_hash(members):
    state = bytes(32)
    for city in members:
        state = p.digest("vector", state, city)
    return state


def heads_digest(heads):
    """Over (epoch, time, content hash) of the heads that are held."""
    state = bytes(32)
    for epoch, when, content in heads:
        state = p.digest("vector", state, epoch.to_bytes(8, "big"),
                         when.to_bytes(8, "big"), content)
    return state
