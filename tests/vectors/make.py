#!/usr/bin/env python3
"""Write proto/vectors/*.json (but for canonical.json): make.py FOLDER
With --check before FOLDER: are they what this would write?

One example city under two keysets, and every refusal.  Times, nonces and
blinds are fixed.  The seeds are 32 times the same byte: TEST ONLY."""
import json
import pathlib
import sys
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import cases
import message_cases
import protocol as p

T0 = 1767225600  # 2026-01-01T00:00:00Z
DAY = 86400
MONTH = 30 * DAY


def seed(byte):
    return bytes([byte]) * 32


def sign(key, message):
    return Ed25519PrivateKey.from_private_bytes(key).sign(message)


def public(key):
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes(
        Encoding.Raw, PublicFormat.Raw)


ROOT1, ROOT2, ROOT3 = seed(1), seed(2), seed(3)
NODE1, NODE2 = seed(0x11), seed(0x12)


def plain(v):
    """@v with bytes as hexadecimal text."""
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    return v.hex() if isinstance(v, bytes) else v


def vector(name, inputs=None, **more):
    v = {"name": name}
    if inputs is not None:
        v["inputs"] = inputs
    return plain(v | more)


# The example city

def make_record(kind, number, body, slug=None, nonce=None, updated=T0):
    f = {"type": kind, "key": uuid.UUID(
        f"019b76da-a800-7000-8000-{number:012x}").bytes,
         "nonce": bytes([nonce or number]) * 16, "slug": slug,
         "created": T0, "updated": updated, "body": body}
    return f, p.record(**f)


OFFICE1 = make_record("office", 1, {
    "name": {"en": "International Affairs Office"},
    "scope": {"general": True}}, "international-affairs")
OFFICE2 = make_record("office", 2, {
    "name": {"en": "City Tourism and Special Events Office"},
    "scope": {"purposes": ["sister-city"]}}, "ctseo")
OFFICE3 = make_record("office", 3, {"name": {"en": "City Planning"}})
PRACTICE = make_record("practice", 4, {
    "title": {"en": "Waste sorting", "zh": "垃圾分类"}, "since": "2019"},
                       "waste-sorting", updated=T0 + DAY)
CONTACT = make_record("contact", 5, {
    "office": "office/ctseo", "post": {"email": "ctseo@city.example"}})
OFFICE2_NEW = make_record("office", 2, OFFICE2[0]["body"] | {
    "verified_at": "2026-01-02T00:00:00Z"}, "ctseo", 0x22, T0 + DAY)


def make_keyset(signers, **k):
    k = {"previous": None, "kind": p.CITY, "threshold": 1} | k
    k["roots"] = sorted(k["roots"])
    raw = p.payload(**k)
    return wrap_keyset(raw, signers), raw, k


def wrap_keyset(raw, signers):
    h = p.digest("keyset", raw)
    return p.pack([1, raw, [[public(s), sign(s, h)]
                            for s in sorted(signers, key=public)]])


KEYSET1 = make_keyset([ROOT1], n=1, roots=[public(ROOT1)],
                      keys=[(public(NODE1), p.HEAD)], created=T0)
CITY = p.digest("keyset", KEYSET1[1])
KEYSET2 = make_keyset([ROOT1, ROOT2], n=2, previous=CITY,
                      roots=[public(s) for s in (ROOT1, ROOT2, ROOT3)],
                      threshold=2, created=T0 + 3 * DAY,
                      keys=[(public(NODE1), p.SNAPSHOT | p.SEAL),
                            (public(NODE2), p.HEAD)])
HASH2 = p.digest("keyset", KEYSET2[1])


def wrap_head(raw_content, raw_stamp, key):
    return p.pack([1, raw_content, raw_stamp,
                   sign(key, p.signing_input(raw_content, raw_stamp))])


class State:
    """A revision: records, sums, opening, head."""

    def __init__(self, rev, records, network, **f):
        self.records, self.network = records, network
        self.dir, self.public = p.summary(CITY, p.PUBLIC, records)
        self.net_dir, self.net_sum = p.summary(CITY, p.NETWORK, network)
        self.net = {"blind": bytes([0xb0 + rev]) * 32} | self.net_sum
        self.raw_net = p.opening(self.net["blind"], self.net)
        f = {"epoch": 1, "keyset": CITY, "prev": None, "key": 0,
             "seed": NODE1} | f
        self.fields = {"city": CITY, "rev": rev, "public": self.public,
                       "net": p.digest("net", self.raw_net),
                       "expires": f["time"] + MONTH} | f
        self.content = p.content(**self.fields)
        self.hash = p.digest("head", self.content)
        self.restamp(self.fields["time"])

    def restamp(self, time):
        f = self.fields
        f["time"], f["expires"] = time, time + MONTH
        self.stamp = p.stamp(time, f["expires"], f["key"])
        self.head = wrap_head(self.content, self.stamp, f["seed"])
        return self

    def vector(self, name):
        return vector(name, self.fields, content=self.content,
                      content_hash=self.hash, stamp=self.stamp,
                      signed=p.signing_input(self.content, self.stamp),
                      hex=self.head)


REV1 = State(1, [OFFICE1[1], OFFICE2[1]], [], time=T0 + 60)
REV2_RECORDS = [OFFICE1[1], OFFICE2_NEW[1], OFFICE3[1], PRACTICE[1]]
REV2 = State(2, REV2_RECORDS, [CONTACT[1]], prev=REV1.hash, time=T0 + DAY)
REFRESH = State(2, REV2_RECORDS, [CONTACT[1]], prev=REV1.hash,
                time=T0 + 8 * DAY)
EPOCH2 = State(1, REV2_RECORDS, [CONTACT[1]], epoch=2, keyset=HASH2, key=1,
               seed=NODE2, time=T0 + 9 * DAY)


# The files

def hashes():
    made = [("tree", "a leaf", [b"\0", OFFICE1[1]]),
            ("tree", "an inner node", [b"\1", p.leaf_hash(OFFICE1[1]),
                                       p.leaf_hash(OFFICE2[1])]),
            ("tree", "no leaves", []),
            ("root", "an audience's root", [REV1.dir]),
            ("net", "a network commitment", [REV1.raw_net]),
            ("keyset", "a keyset's hash", [KEYSET1[1]]),
            ("head", "a content hash", [REV1.content]),
            ("stamp", "what a head's signature is over",
             [REV1.hash, REV1.stamp])]
    made += [(kind, f"\"abc\" as {kind}", [b"abc"]) for kind in
             ("tree", "root", "net", "keyset", "head", "stamp", "snapshot")]
    return [vector(name, {"kind": kind, "parts": parts},
                   hex=p.digest(kind, *parts)) for kind, name, parts in made]


def keyset_vector(name, made, signers, previous):
    raw, inner, k = made
    return vector(name, k | {"seeds": signers, "previous_object": previous},
                  payload=inner, hash=p.digest("keyset", inner), hex=raw)


def record_vector(name, made):
    return vector(name, made[0], hex=made[1], leaf=p.leaf_hash(made[1]))


def dirs():
    def one(name, state, audience):
        raw = state.dir if audience == p.PUBLIC else state.net_dir
        s = state.public if audience == p.PUBLIC else state.net_sum
        return vector(name, {
            "city": CITY, "audience": audience,
            "entries": p.read_directory(raw, CITY, audience)},
                      hex=raw, root=s["root"], count=s["count"],
                      bytes=s["bytes"])
    return [one("directory of the public state, revision 1.1", REV1,
                p.PUBLIC),
            one("directory of the public state, revision 1.2", REV2,
                p.PUBLIC),
            one("directory of the network state, revision 1.2", REV2,
                p.NETWORK),
            one("directory of nothing", REV1, p.NETWORK)]


def nets():
    return [vector(name, s.net, hex=s.raw_net,
                   hash=p.digest("net", s.raw_net))
            for name, s in (("opening of revision 1.1", REV1),
                            ("opening of revision 1.2", REV2))]


def states():
    def one(name, keysets, s):
        return vector(name, keysets=keysets, public_records=s.records,
                      network_records=s.network, blind=s.net["blind"],
                      now=s.fields["time"] + 1, hex=s.head)
    both = [KEYSET1[0], KEYSET2[0]]
    return [one("revision 1.1", both[:1], REV1),
            one("revision 1.2", both[:1], REV2),
            one("revision 1.2, refreshed", both[:1], REFRESH),
            one("revision 2.1, under keyset 2", both, EPOCH2)]


def main():
    check = sys.argv[1] == "--check"
    folder = pathlib.Path(sys.argv[-1])
    files = {
        "hash": hashes() + message_cases.digests(sys.modules[__name__]),
        "record": [record_vector("record", OFFICE1),
                   record_vector("record, changed later", OFFICE2_NEW),
                   record_vector("record without slug", OFFICE3),
                   record_vector("record in two languages", PRACTICE),
                   record_vector("record of a type that nobody knows",
                                 make_record("x-1", 9, {}))]
        + cases.records(sys.modules[__name__]),
        "dir": dirs() + cases.dirs(sys.modules[__name__]),
        "net": nets(),
        "keyset": [
            keyset_vector("keyset 1", KEYSET1, [ROOT1], None),
            keyset_vector("keyset 2", KEYSET2, [ROOT1, ROOT2], KEYSET1[0])]
        + cases.keysets(sys.modules[__name__]),
        "head": [REV1.vector("head of revision 1.1"),
                 REV2.vector("head of revision 1.2"),
                 REFRESH.vector("refresh of revision 1.2"),
                 EPOCH2.vector("head of revision 2.1, under keyset 2")]
        + cases.heads(sys.modules[__name__]),
        "state": states(),
        "sign": cases.signatures(sys.modules[__name__]),
        "merkle": cases.trees(sys.modules[__name__]),
        "proof": cases.proofs(sys.modules[__name__]),
        "proof_file": cases.proof_files(sys.modules[__name__]),
        "accept": cases.acceptance(sys.modules[__name__]),
        "ref": cases.references(sys.modules[__name__]),
        "control": cases.control(sys.modules[__name__]),
        "message": message_cases.messages(sys.modules[__name__]),
    }
    for name, vectors in files.items():
        names = [v["name"] for v in vectors]
        if len(names) != len(set(names)):
            sys.exit(f"{name}.json: a name stands twice")
        text = json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
        path = folder / f"{name}.json"
        if not check:
            path.write_text(text)
        elif path.read_text() != text:
            sys.exit(f"{name}.json is not what make.py writes")


if __name__ == "__main__":
    sys.modules["make"] = sys.modules[__name__]
    main()
