"""The protocol of proto/PROTOCOL.md once more, from the document alone.

Shares no code with src/: hashlib's BLAKE2b, an Ed25519 verifier written from
RFC 8032, a MessagePack reader and writer of its own.  Slow and plain."""
import hashlib
import pathlib
import re
import struct

INT64_MAX = 2**63 - 1
TIME_MAX = 253402300799
PUBLIC, NETWORK = 0, 1
CITY, LGA = 1, 2
HEAD, SNAPSHOT, SEAL = 1, 2, 4
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_limits(path):
    """{NAME: value} of proto/limits.def."""
    return {m[1]: int(m[2]) for m in re.finditer(
        r"^C2C_LIMIT\((\w+), (\d+),", path.read_text(), re.MULTILINE)}


LIMIT = read_limits(pathlib.Path(__file__).parents[2] / "proto/limits.def")


class Refused(Exception):
    """What the document calls a refusal; str() is the error's name."""


def require(truth, error):
    if not truth:
        raise Refused(error)


# Hashes

def digest(kind, *parts):
    person = b"c2c " + kind.encode()
    return hashlib.blake2b(b"".join(parts), digest_size=32,
                           person=person.ljust(16, b"\0")).digest()


# Ed25519, RFC 8032 section 5.1, with the refusals of "Signatures"

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def decompress(raw):
    """(x, y), or None if @raw is no canonical point."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * ROOT % P
    if x * x % P != x2 or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def add(p, q):
    """Extended coordinates, RFC 8032 section 5.1.4."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def mul(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def extended(p):
    return p[0], p[1], 1, p[0] * p[1] % P


def compress(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = extended(decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


def small_order(p):
    return compress(mul(8, extended(p))) == compress((0, 1, 1, 0))


def verify(public, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    a, r_point = decompress(public), decompress(r)
    require(s < L and a is not None and not small_order(a),
            "BAD_SIGNATURE")
    require(r_point is not None and not small_order(r_point), "BAD_SIGNATURE")
    h = int.from_bytes(hashlib.sha512(r + public + message).digest(),
                       "little") % L
    minus_a = extended((-a[0] % P, a[1]))
    require(compress(add(mul(s, BASE), mul(h, minus_a))) == r,
            "BAD_SIGNATURE")


# Canonical MessagePack

def pack_length(n, fix, fix_max, wide):
    if n <= fix_max:
        return bytes([fix | n])
    for tag, width in wide:
        if n < 256**width:
            return bytes([tag]) + n.to_bytes(width, "big")
    raise ValueError(n)


def pack(v):
    if v is None or v is False or v is True:
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[v]
    if isinstance(v, int):
        if -32 <= v < 0:
            return struct.pack("b", v)
        if v >= 0:
            return pack_length(v, 0, 0x7f, ((0xcc, 1), (0xcd, 2), (0xce, 4),
                                            (0xcf, 8)))
        for tag, width in ((0xd0, 1), (0xd1, 2), (0xd2, 4), (0xd3, 8)):
            if v >= -(256**width) // 2:
                return bytes([tag]) + v.to_bytes(width, "big", signed=True)
    if isinstance(v, str):
        raw = v.encode()
        return pack_length(len(raw), 0xa0, 31, ((0xd9, 1), (0xda, 2),
                                                (0xdb, 4))) + raw
    if isinstance(v, bytes):
        return pack_length(len(v), 0, -1, ((0xc4, 1), (0xc5, 2),
                                           (0xc6, 4))) + v
    if isinstance(v, list):
        return pack_length(len(v), 0x90, 15, ((0xdc, 2), (0xdd, 4))) + \
            b"".join(map(pack, v))
    if isinstance(v, dict):
        pairs = sorted((k.encode(), k, x) for k, x in v.items())
        return pack_length(len(v), 0x80, 15, ((0xde, 2), (0xdf, 4))) + \
            b"".join(pack(k) + pack(x) for _, k, x in pairs)
    raise ValueError(v)


class Reader:
    """Reads from the front; the first refusal counts."""

    def __init__(self, raw):
        self.raw, self.at = raw, 0

    def left(self):
        return len(self.raw) - self.at

    def take(self, n):
        require(n <= self.left(), "MALFORMED")
        self.at += n
        return self.raw[self.at - n:self.at]

    def tag(self):
        require(self.left() > 0, "MALFORMED")
        return self.raw[self.at]

    def number(self, width, least):
        n = int.from_bytes(self.take(width), "big")
        require(n >= least, "NONCANON")
        return n

    def integer(self):
        tag = self.tag()
        require(tag < 0x80 or tag >= 0xe0 or 0xcc <= tag <= 0xd3, "MALFORMED")
        self.at += 1
        if tag < 0x80:
            return tag
        if tag >= 0xe0:
            return tag - 0x100
        if tag <= 0xcf:
            n = self.number(1 << tag - 0xcc,
                            (0x80, 0x100, 1 << 16, 1 << 32)[tag - 0xcc])
            require(n <= INT64_MAX, "TOO_BIG")
            return n
        n = int.from_bytes(self.take(1 << tag - 0xd0), "big", signed=True)
        require(n < (-32, -128, -32768, -2**31)[tag - 0xd0], "NONCANON")
        return n

    def uint(self, most):
        n = self.integer()
        require(n >= 0, "MALFORMED")
        require(n <= most, "TOO_BIG")
        return n

    def length(self, fix, fix_max, wide, first):
        """@wide: {tag: width}; @first: the least for the shortest of them."""
        tag = self.tag()
        if fix_max >= 0 and fix <= tag <= fix + fix_max:
            self.at += 1
            return tag - fix
        require(tag in wide, "MALFORMED")
        self.at += 1
        width = wide[tag]
        return self.number(width, first if width == min(wide.values())
                           else 256**(width // 2))

    def bounded(self, n, each, most):
        require(n * each <= self.left(), "MALFORMED")
        require(most is None or n <= most, "TOO_BIG")
        return n

    def array(self, most=None):
        return self.bounded(self.length(0x90, 15, {0xdc: 2, 0xdd: 4}, 16), 1,
                            most)

    def array_of(self, n):
        require(self.array() == n, "MALFORMED")

    def map(self):
        return self.bounded(self.length(0x80, 15, {0xde: 2, 0xdf: 4}, 16), 2,
                            None)

    def object(self, version, n):
        elements = self.array()
        require(self.uint(INT64_MAX) == version, "UNSUPPORTED")
        require(elements == n, "MALFORMED")

    def text(self, most=None):
        n = self.length(0xa0, 31, {0xd9: 1, 0xda: 2, 0xdb: 4}, 32)
        raw = self.take(self.bounded(n, 1, most))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise Refused("MALFORMED") from None

    def binary(self, most=None):
        n = self.length(0, -1, {0xc4: 1, 0xc5: 2, 0xc6: 4}, 0)
        return self.take(self.bounded(n, 1, most))

    def binary_of(self, n):
        raw = self.binary()
        require(len(raw) == n, "MALFORMED")
        return raw

    def nil(self):
        """If nil comes next, read it and say so."""
        if self.left() > 0 and self.raw[self.at] == 0xc0:
            self.at += 1
            return True
        return False

    def any(self, depth):
        """One whole value and its bytes."""
        start = self.at
        value = self.value(depth)
        return value, self.raw[start:self.at]

    def value(self, depth):
        tag = self.tag()
        if tag in (0xc0, 0xc2, 0xc3):
            self.at += 1
            return {0xc0: None, 0xc2: False, 0xc3: True}[tag]
        if 0x80 <= tag < 0x90 or tag in (0xde, 0xdf):
            n = self.map()
            require(depth > 0, "TOO_BIG")
            return self.pairs(n, depth - 1)
        if 0x90 <= tag < 0xa0 or tag in (0xdc, 0xdd):
            n = self.array()
            require(depth > 0, "TOO_BIG")
            return [self.value(depth - 1) for _ in range(n)]
        if 0xa0 <= tag < 0xc0 or 0xd9 <= tag <= 0xdb:
            return self.text()
        if 0xc4 <= tag <= 0xc6:
            return self.binary()
        return self.integer()

    def pairs(self, n, depth):
        found, last = {}, None
        for _ in range(n):
            key = self.text()
            require(last is None or last.encode() < key.encode(), "NONCANON")
            found[key], last = self.value(depth), key
        return found

    def finish(self):
        require(self.left() == 0, "MALFORMED")


def canonical(raw, depth):
    r = Reader(raw)
    value, _ = r.any(depth)
    r.finish()
    return value


# Trees

def tree_hash(hash_of, leaves):
    """RFC 6962 section 2.1, over leaf hashes, as its text says it."""
    n = len(leaves)
    if n == 0:
        return hash_of(b"")
    if n == 1:
        return leaves[0]
    k = 1 << (n - 1).bit_length() - 1
    return hash_of(b"\1" + tree_hash(hash_of, leaves[:k])
                   + tree_hash(hash_of, leaves[k:]))


def tree_path(hash_of, index, leaves):
    """RFC 6962 section 2.1.1."""
    n = len(leaves)
    if n <= 1:
        return []
    k = 1 << (n - 1).bit_length() - 1
    if index < k:
        return tree_path(hash_of, index, leaves[:k]) + \
            [tree_hash(hash_of, leaves[k:])]
    return tree_path(hash_of, index - k, leaves[k:]) + \
        [tree_hash(hash_of, leaves[:k])]


def root_of_path(hash_of, leaf, index, n, path):
    """The root that an audit path leads to, from the top down."""
    require(index < n, "BAD_ROOT")
    if n == 1:
        require(not path, "BAD_ROOT")
        return leaf
    require(path, "BAD_ROOT")
    k = 1 << (n - 1).bit_length() - 1
    if index < k:
        return hash_of(b"\1" + root_of_path(hash_of, leaf, index, k, path[:-1])
                       + path[-1])
    return hash_of(b"\1" + path[-1] + root_of_path(
        hash_of, leaf, index - k, n - k, path[:-1]))


def tree(raw):
    return digest("tree", raw)


def leaf_hash(record):
    return tree(b"\0" + record)


# Records

def is_type(name):
    return re.fullmatch(r"[a-z][a-z0-9-]*", name) is not None and \
        len(name) <= LIMIT["TYPE_BYTES"]


def is_slug(name):
    return re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) is not None and \
        len(name) <= LIMIT["SLUG_BYTES"] and UUID.fullmatch(name) is None


def has_binary(v):
    if isinstance(v, dict):
        return any(map(has_binary, v.values()))
    return isinstance(v, bytes) or isinstance(v, list) and \
        any(map(has_binary, v))


def read_record(raw):
    require(len(raw) <= LIMIT["RECORD_BYTES"], "TOO_BIG")
    r = Reader(raw)
    r.object(1, 8)
    record = {"type": r.text(LIMIT["TYPE_BYTES"]), "key": r.binary_of(16),
              "nonce": r.binary_of(16), "slug": None}
    if not r.nil():
        record["slug"] = r.text(LIMIT["SLUG_BYTES"])
        require(is_slug(record["slug"]), "MALFORMED")
    record["created"] = r.uint(TIME_MAX)
    record["updated"] = r.uint(TIME_MAX)
    record["body"], _ = r.any(LIMIT["DEPTH"] - 1)
    r.finish()
    require(is_type(record["type"]), "MALFORMED")
    require(isinstance(record["body"], dict), "MALFORMED")
    require(not has_binary(record["body"]), "MALFORMED")
    return record


def record(**f):
    return pack([1, f["type"], f["key"], f["nonce"], f["slug"], f["created"],
                 f["updated"], f["body"]])


def reference(text):
    parts = text.split("/")
    require(len(parts) in (2, 3), "MALFORMED")
    kind, name = parts[-2:]
    is_key = UUID.fullmatch(name) is not None
    require(is_type(kind) and (is_key or is_slug(name)), "MALFORMED")
    if len(parts) == 3:
        require(0 < len(parts[0].encode()) <= 200, "MALFORMED")
        require(not re.search(r"[\x00-\x1f\x7f]", parts[0]), "MALFORMED")
    return {"city": parts[0] if len(parts) == 3 else None, "type": kind,
            "name": name,
            "key": name.replace("-", "") if is_key else None}


# Directories

def directory(city, audience, entries):
    return pack([1, city, audience,
                 [[e["type"], e["count"], e["bytes"], e["root"]]
                  for e in entries]])


def read_directory(raw, city, audience):
    r = Reader(raw)
    r.object(1, 4)
    of = r.binary_of(32)
    require(r.uint(NETWORK) == audience, "MALFORMED")
    entries = []
    for _ in range(r.array(LIMIT["CITY_TYPES"])):
        r.array_of(4)
        e = {"type": r.text(LIMIT["TYPE_BYTES"]),
             "count": r.uint(LIMIT["CITY_RECORDS"]),
             "bytes": r.uint(INT64_MAX), "root": r.binary_of(32)}
        require(e["count"] > 0 and is_type(e["type"]), "MALFORMED")
        require(not entries or entries[-1]["type"] < e["type"], "NONCANON")
        entries.append(e)
    r.finish()
    require(of == city, "MALFORMED")
    return entries


def summary(city, audience, records):
    """(directory bytes, {root, count, bytes}) of encoded records."""
    of_type = {}
    for raw in records:
        f = read_record(raw)
        of_type.setdefault(f["type"], []).append((f["key"], raw))
    entries = []
    for kind in sorted(of_type):
        rows = sorted(of_type[kind])
        entries.append({"type": kind, "count": len(rows),
                        "bytes": sum(len(raw) for _, raw in rows),
                        "root": tree_hash(tree, [leaf_hash(raw)
                                                 for _, raw in rows])})
    raw = directory(city, audience, entries)
    return raw, {"root": digest("root", raw),
                 "count": sum(e["count"] for e in entries),
                 "bytes": sum(e["bytes"] for e in entries)}


def opening(blind, s):
    return pack([1, blind, s["root"], s["count"], s["bytes"]])


# Keysets

def payload(**k):
    return pack([1, k["n"], k["previous"], k["kind"], k["roots"],
                 k["threshold"], [list(x) for x in k["keys"]], k["created"]])


def check_keyset(k):
    require(k["n"] > 0 and k["kind"] in (CITY, LGA) and k["roots"]
            and k["keys"] and 1 <= k["threshold"] <= len(k["roots"]),
            "BAD_KEYSET")
    require(k["roots"] == sorted(set(k["roots"])), "BAD_KEYSET")
    require(all(uses > 0 for _, uses in k["keys"]), "BAD_KEYSET")
    publics = [public for public, _ in k["keys"]]
    require(len(publics) == len(set(publics)), "BAD_KEYSET")


def read_payload(raw):
    r = Reader(raw)
    r.object(1, 8)
    k = {"n": r.uint(LIMIT["CITY_KEYSETS"]), "previous": None}
    if k["n"] != 1:
        k["previous"] = r.binary_of(32)
    else:
        require(r.nil(), "MALFORMED")
    k["kind"] = r.uint(LGA)
    k["roots"] = [r.binary_of(32) for _ in range(r.array(LIMIT["ROOT_KEYS"]))]
    k["threshold"] = r.uint(LIMIT["ROOT_KEYS"])
    k["keys"] = []
    for _ in range(r.array(LIMIT["SIGNING_KEYS"])):
        r.array_of(2)
        k["keys"].append((r.binary_of(32), r.uint(HEAD | SNAPSHOT | SEAL)))
    k["created"] = r.uint(TIME_MAX)
    r.finish()
    k["hash"] = digest("keyset", raw)
    return k


def check_threshold(signatures, k, of):
    good = 0
    for public, signature in signatures:
        if public in of["roots"]:
            verify(public, k["hash"], signature)
            good += 1
    require(good >= of["threshold"], "BAD_KEYSET")


def read_keyset(raw, previous):
    require(len(raw) <= LIMIT["KEYSET_BYTES"], "TOO_BIG")
    r = Reader(raw)
    r.object(1, 3)
    inner = r.binary(LIMIT["KEYSET_BYTES"])
    signatures = []
    for _ in range(r.array(2 * LIMIT["ROOT_KEYS"])):
        r.array_of(2)
        s = r.binary_of(32), r.binary_of(64)
        require(not signatures or signatures[-1][0] < s[0], "BAD_KEYSET")
        signatures.append(s)
    r.finish()
    k = read_payload(inner)
    check_keyset(k)
    require(all(public in k["roots"] or previous and
                public in previous["roots"] for public, _ in signatures),
            "BAD_KEYSET")
    check_threshold(signatures, k, k)
    if previous is None:
        require(k["n"] == 1, "BAD_KEYSET")
    else:
        check_threshold(signatures, k, previous)
        require(k["n"] == previous["n"] + 1 and k["kind"] == previous["kind"]
                and k["previous"] == previous["hash"], "BAD_KEYSET")
    return k


def read_chain(objects):
    """(city id, newest keyset) of keysets from 1 on."""
    keyset, city = None, None
    for raw in objects:
        keyset = read_keyset(raw, keyset)
        city = city or keyset["hash"]
    return city, keyset


# Heads

def content(**h):
    p = h["public"]
    return pack([1, h["city"], h["keyset"], h["epoch"], h["rev"], h["prev"],
                 p["root"], p["count"], p["bytes"], h["net"]])


def stamp(time, expires, key):
    return pack([time, expires, key])


def signing_input(raw_content, raw_stamp):
    return digest("stamp", digest("head", raw_content), raw_stamp)


def read_head(raw):
    require(len(raw) <= LIMIT["HEAD_BYTES"], "TOO_BIG")
    r = Reader(raw)
    r.object(1, 4)
    raw_content = r.binary(LIMIT["HEAD_BYTES"])
    raw_stamp = r.binary(LIMIT["HEAD_BYTES"])
    signature = r.binary_of(64)
    r.finish()
    r = Reader(raw_content)
    r.object(1, 10)
    h = {"city": r.binary_of(32), "keyset": r.binary_of(32),
         "epoch": r.uint(INT64_MAX), "rev": r.uint(INT64_MAX), "prev": None}
    if h["rev"] != 1:
        h["prev"] = r.binary_of(32)
    else:
        require(r.nil(), "MALFORMED")
    h["public"] = {"root": r.binary_of(32),
                   "count": r.uint(LIMIT["CITY_RECORDS"]),
                   "bytes": r.uint(INT64_MAX)}
    h["net"] = r.binary_of(32)
    require(h["epoch"] > 0 and h["rev"] > 0, "MALFORMED")
    r.finish()
    r = Reader(raw_stamp)
    r.array_of(3)
    h["time"], h["expires"] = r.uint(TIME_MAX), r.uint(TIME_MAX)
    h["key"] = r.uint(LIMIT["SIGNING_KEYS"] - 1)
    require(0 < h["expires"] - h["time"] <= LIMIT["HEAD_LIFE_S"], "MALFORMED")
    r.finish()
    h["content"] = digest("head", raw_content)
    h["signed"] = signing_input(raw_content, raw_stamp)
    h["signature"] = signature
    return h


def verify_head(raw, keyset):
    h = read_head(raw)
    require(h["epoch"] == keyset["n"] and h["keyset"] == keyset["hash"]
            and h["key"] < len(keyset["keys"])
            and keyset["keys"][h["key"]][1] & HEAD, "BAD_KEYSET")
    verify(keyset["keys"][h["key"]][0], h["signed"], h["signature"])
    return h


def check_order(held, head):
    if held["epoch"] != head["epoch"]:
        require(head["epoch"] > held["epoch"], "OLDER")
        return
    require(head["rev"] != held["rev"] or head["content"] == held["content"],
            "CONFLICT")
    require(head["rev"] != held["rev"] + 1 or head["prev"] == held["content"],
            "CONFLICT")
    require(held["rev"] != head["rev"] + 1 or held["prev"] == head["content"],
            "CONFLICT")
    require((head["rev"], head["time"]) > (held["rev"], held["time"]), "OLDER")


def check_roots(head, public, net, net_sum):
    require(head["public"] == public, "BAD_ROOT")
    if net is not None:
        require(net["count"] <= LIMIT["CITY_RECORDS"], "TOO_BIG")
        committed = digest("net", opening(net["blind"], net))
        require(committed == head["net"], "BAD_ROOT")
        require(all(net[m] == net_sum[m] for m in ("root", "count", "bytes")),
                "BAD_ROOT")


def accept(city, keyset, held, now, raw, public, net=None, net_sum=None):
    head = verify_head(raw, keyset)
    require(head["city"] == city, "BAD_KEYSET")
    require(head["time"] <= now + LIMIT["CLOCK_SKEW_S"], "FUTURE")
    if held is not None:
        check_order(held, head)
    if held is None or held["content"] != head["content"]:
        check_roots(head, public, net, net_sum)
    return head


# Proofs

def entry_of(state, kind):
    require(digest("root", state["dir"]) == state["root"], "BAD_ROOT")
    for e in read_directory(state["dir"], state["city"], state["audience"]):
        if e["type"] == kind:
            return e
    return None


def check_path(entry, raw, at):
    require(root_of_path(tree, leaf_hash(raw), at["index"], entry["count"],
                         at["path"]) == entry["root"], "BAD_ROOT")


def prove_inclusion(state, raw, at):
    f = read_record(raw)
    entry = entry_of(state, f["type"])
    require(entry is not None, "BAD_ROOT")
    check_path(entry, raw, at)


def check_neighbour(entry, side, key, is_left):
    f = read_record(side["record"])
    require(f["type"] == entry["type"], "BAD_ROOT")
    require(f["key"] < key if is_left else f["key"] > key, "BAD_ROOT")
    check_path(entry, side["record"], side)


def prove_absence(state, kind, key, left, right):
    entry = entry_of(state, kind)
    if entry is None:
        return
    following = 0
    if left is not None:
        check_neighbour(entry, left, key, True)
        following = left["index"] + 1
    if right is None:
        require(following == entry["count"], "BAD_ROOT")
        return
    require(right["index"] == following, "BAD_ROOT")
    check_neighbour(entry, right, key, False)


def prove_complete(state, kind, leaves):
    entry = entry_of(state, kind)
    if entry is None:
        require(not leaves, "BAD_ROOT")
        return
    require(len(leaves) == entry["count"]
            and tree_hash(tree, leaves) == entry["root"], "BAD_ROOT")


def proof_file(keysets, head, raw_dir, raw_record, index, path):
    return pack([1, keysets, head, raw_dir, raw_record, index, path])


def read_proof_file(raw):
    """(city, head, record) that it proves."""
    require(len(raw) <= LIMIT["PROOF_BYTES"], "TOO_BIG")
    r = Reader(raw)
    r.object(1, 7)
    keysets = [r.binary(LIMIT["KEYSET_BYTES"])
               for _ in range(r.array(LIMIT["PROOF_KEYSETS"]))]
    require(keysets, "MALFORMED")
    raw_head = r.binary(LIMIT["HEAD_BYTES"])
    raw_dir = r.binary(LIMIT["PROOF_BYTES"])
    raw_record = r.binary(LIMIT["RECORD_BYTES"])
    index = r.uint(LIMIT["CITY_RECORDS"] - 1)
    path = [r.binary_of(32) for _ in range(r.array(64))]
    r.finish()
    city, keyset = read_chain(keysets)
    head = verify_head(raw_head, keyset)
    require(head["city"] == city, "BAD_KEYSET")
    state = {"city": city, "audience": PUBLIC, "dir": raw_dir,
             "root": head["public"]["root"]}
    prove_inclusion(state, raw_record, {"index": index, "path": path})
    return city, head, read_record(raw_record)


# Control

def read_control(raw, is_request, known):
    """(name, arguments) or (code, document)."""
    r = Reader(raw)
    r.object(1, 3)
    if is_request:
        first = r.text(40)
    else:
        first = known.get(r.uint(INT64_MAX), "UNSUPPORTED")
    value, _ = r.any(24)
    r.finish()
    require(isinstance(value, dict), "MALFORMED")
    return first, value
