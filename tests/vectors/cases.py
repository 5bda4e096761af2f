"""Refusals and further cases for make.py; @m is that module."""
import hashlib

import protocol as p


def bad(m, name, error, raw, **more):
    return m.vector(name, **more, hex=raw, error=error)


def put(fields, i, value):
    return fields[:i] + [value] + fields[i + 1:]


def common(good):
    """Refusals that every object shares: (name, error, bytes); @good is an
    encoded array that begins with its version."""
    n = good[0] & 15
    return [("nothing", "MALFORMED", b""),
            ("no array", "MALFORMED", b"\x01"),
            ("cut off", "MALFORMED", good[:-1]),
            ("a byte too many", "MALFORMED", good + b"\0"),
            ("a longer array header", "NONCANON",
             b"\xdc\0" + bytes([n]) + good[1:]),
            ("a longer version", "NONCANON",
             good[:1] + b"\xcc\x01" + good[2:]),
            ("version 0", "UNSUPPORTED", good[:1] + b"\0" + good[2:]),
            ("version 2", "UNSUPPORTED", good[:1] + b"\2" + good[2:]),
            ("version 2 with an element more", "UNSUPPORTED",
             bytes([good[0] + 1, 2]) + good[2:] + b"\xc0"),
            ("an element too few", "MALFORMED", bytes([good[0] - 1])
             + good[1:]),
            ("an element too many", "MALFORMED",
             bytes([good[0] + 1]) + good[1:] + b"\xc0")]


def records(m):
    f = m.OFFICE1[0]
    good = [1, f["type"], f["key"], f["nonce"], f["slug"], f["created"],
            f["updated"], f["body"]]

    def deep(levels):
        v = {}
        for _ in range(levels - 1):
            v = {"a": v}
        return v
    made = [
        ("type of 41 bytes", "TOO_BIG", put(good, 1, "a" * 41)),
        ("type in capitals", "MALFORMED", put(good, 1, "Office")),
        ("type that starts with a digit", "MALFORMED", put(good, 1, "1a")),
        ("type that is empty", "MALFORMED", put(good, 1, "")),
        ("type as bin", "MALFORMED", put(good, 1, b"office")),
        ("key of 15 bytes", "MALFORMED", put(good, 2, bytes(15))),
        ("key of 17 bytes", "MALFORMED", put(good, 2, bytes(17))),
        ("key as text", "MALFORMED", put(good, 2, "k" * 16)),
        ("nonce of 15 bytes", "MALFORMED", put(good, 3, bytes(15))),
        ("slug of 61 bytes", "TOO_BIG", put(good, 4, "a" * 61)),
        ("slug that is empty", "MALFORMED", put(good, 4, "")),
        ("slug that starts with a hyphen", "MALFORMED", put(good, 4, "-a")),
        ("slug with a space", "MALFORMED", put(good, 4, "a b")),
        ("slug that looks like a key", "MALFORMED",
         put(good, 4, "019b76da-a800-7000-8000-000000000001")),
        ("slug as a number", "MALFORMED", put(good, 4, 1)),
        ("created before 1970", "MALFORMED", put(good, 5, -1)),
        ("created after 9999", "TOO_BIG", put(good, 5, p.TIME_MAX + 1)),
        ("created as text", "MALFORMED", put(good, 5, "2026")),
        ("updated after 9999", "TOO_BIG", put(good, 6, p.TIME_MAX + 1)),
        ("updated as nil", "MALFORMED", put(good, 6, None)),
        ("body that is an array", "MALFORMED", put(good, 7, [])),
        ("body that is nil", "MALFORMED", put(good, 7, None)),
        ("body with bin", "MALFORMED", put(good, 7, {"a": [b"x"]})),
        ("body of 8 levels", "TOO_BIG", put(good, 7, deep(8)))]
    made = [(name, error, p.pack(v)) for name, error, v in made]
    head = p.pack(good)[:-len(p.pack(f["body"]))]
    made += [
        ("body with keys out of order", "NONCANON",
         head + b"\x82\xa1b\xc0\xa1a\xc0"),
        ("body with a key twice", "NONCANON",
         head + b"\x82\xa1a\xc0\xa1a\xc0"),
        ("body with a key that is a number", "MALFORMED",
         head + b"\x81\x01\xc0"),
        ("body with a float", "MALFORMED",
         head + b"\x81\xa1a\xca\0\0\0\0"),
        ("body with a surrogate", "MALFORMED",
         head + b"\x81\xa1a\xa3\xed\xa0\x80"),
        ("one byte more than a record may have", "TOO_BIG", p.pack(
            put(good, 7, {"a": "x" * (65536 + 1 - len(head) - 6)})))]
    good_too = [
        ("record with all limits reached", {
            "type": "t" + "-" * 39, "slug": "0" + "-" * 59,
            "created": p.TIME_MAX, "updated": p.TIME_MAX, "body": deep(7)}),
        ("record of the oldest times", {"created": 0, "updated": 0}),
        ("record whose slug is a key's length", {"slug": "a" * 36})]
    return [m.record_vector(name, (f | new, p.record(**(f | new))))
            for name, new in good_too] + \
        [bad(m, *x) for x in common(p.pack(good)) + made]


def dirs(m):
    good = p.canonical(m.REV2.dir, 8)
    city, rows = good[1], good[3]

    def row(i, value):
        return put(good, 3, [put(rows[0], i, value), rows[1]])
    made = [
        ("city id of 31 bytes", "MALFORMED", put(good, 1, city[1:])),
        ("another city", "MALFORMED", put(good, 1, bytes(32))),
        ("another audience", "MALFORMED", put(good, 2, p.NETWORK)),
        ("an audience that is in no tree", "TOO_BIG", put(good, 2, 2)),
        ("types out of order", "NONCANON", put(good, 3, rows[::-1])),
        ("a type twice", "NONCANON", put(good, 3, [rows[0], rows[0]])),
        ("a type without records", "MALFORMED", row(1, 0)),
        ("more records than a city may have", "TOO_BIG", row(1, 1000001)),
        ("a negative size", "MALFORMED", row(2, -1)),
        ("a type in capitals", "MALFORMED", row(0, "Office")),
        ("a type of 41 bytes", "TOO_BIG", row(0, "a" * 41)),
        ("a root of 31 bytes", "MALFORMED", row(3, bytes(31))),
        ("a line of 3 elements", "MALFORMED",
         put(good, 3, [rows[0][:3], rows[1]])),
        ("more types than a city may have", "TOO_BIG", put(good, 3, [
            [f"t{i:04}", 1, 1, bytes(32)] for i in range(1001)]))]
    return [bad(m, name, error, raw, inputs={
        "city": city, "audience": p.PUBLIC}) for name, error, raw in
            common(m.REV2.dir) + [(n, e, p.pack(v)) for n, e, v in made]]


def keysets(m):
    one, two = m.KEYSET1[2], m.KEYSET2[2]
    outer = p.canonical(m.KEYSET1[0], 8)
    many = sorted(m.public(m.seed(i)) for i in range(1, 18))

    def inner(old, signers, **new):
        return m.wrap_keyset(p.payload(**(old | new)), signers)

    def raw(i, value):  # keyset 1 with one element of the payload replaced
        return m.wrap_keyset(p.pack(put(p.canonical(m.KEYSET1[1], 8), i,
                                        value)), [m.ROOT1])
    first = [
        ("number 0", "MALFORMED", raw(1, 0)),
        ("number 0 with a previous keyset", "BAD_KEYSET",
         inner(one, [m.ROOT1], n=0, previous=bytes(32))),
        ("number 2 as the first", "BAD_KEYSET",
         inner(one, [m.ROOT1], n=2, previous=bytes(32))),
        ("number 2 without a previous keyset", "MALFORMED", raw(1, 2)),
        ("number 1 with a previous keyset", "MALFORMED",
         inner(one, [m.ROOT1], previous=bytes(32))),
        ("kind 0", "BAD_KEYSET", inner(one, [m.ROOT1], kind=0)),
        ("kind 3", "TOO_BIG", inner(one, [m.ROOT1], kind=3)),
        ("no root key", "BAD_KEYSET", inner(one, [], roots=[])),
        ("17 root keys", "TOO_BIG", inner(one, [m.ROOT1], roots=many)),
        ("root keys out of order", "BAD_KEYSET", inner(
            one, [m.ROOT1], roots=sorted(two["roots"], reverse=True))),
        ("a root key twice", "BAD_KEYSET",
         inner(one, [m.ROOT1], roots=one["roots"] * 2)),
        ("a root key of 31 bytes", "MALFORMED", raw(4, [bytes(31)])),
        ("threshold 0", "BAD_KEYSET", inner(one, [m.ROOT1], threshold=0)),
        ("threshold above the root keys", "BAD_KEYSET",
         inner(one, [m.ROOT1], threshold=2)),
        ("threshold 17", "TOO_BIG", inner(one, [m.ROOT1], threshold=17)),
        ("no signing key", "BAD_KEYSET", inner(one, [m.ROOT1], keys=[])),
        ("17 signing keys", "TOO_BIG",
         inner(one, [m.ROOT1], keys=[(k, 1) for k in many])),
        ("a signing key twice", "BAD_KEYSET",
         inner(one, [m.ROOT1], keys=one["keys"] * 2)),
        ("a signing key without use", "BAD_KEYSET",
         inner(one, [m.ROOT1], keys=[(many[0], 0)])),
        ("a use that nobody knows", "TOO_BIG",
         inner(one, [m.ROOT1], keys=[(many[0], 8)])),
        ("a signing key of 3 elements", "MALFORMED",
         raw(6, [[many[0], 1, 1]])),
        ("created after 9999", "TOO_BIG",
         inner(one, [m.ROOT1], created=p.TIME_MAX + 1)),
        ("payload of version 2", "UNSUPPORTED", raw(0, 2)),
        ("payload with an element more", "MALFORMED", m.wrap_keyset(
            b"\x99" + m.KEYSET1[1][1:] + b"\xc0", [m.ROOT1])),
        ("payload with a byte more", "MALFORMED",
         m.wrap_keyset(m.KEYSET1[1] + b"\0", [m.ROOT1])),
        ("payload as text", "MALFORMED", p.pack(put(outer, 1, "payload"))),
        ("no signature", "BAD_KEYSET", inner(one, [])),
        ("a stranger's signature as well", "BAD_KEYSET",
         inner(one, [m.ROOT1, m.ROOT2])),
        ("a signature twice", "BAD_KEYSET",
         p.pack(put(outer, 2, outer[2] * 2))),
        ("33 signatures", "TOO_BIG", p.pack(put(outer, 2, outer[2] * 33))),
        ("a signature that is wrong", "BAD_SIGNATURE", p.pack(put(
            outer, 2, [[m.public(m.ROOT1), bytes(64)]]))),
        ("a signature over another payload", "BAD_SIGNATURE", p.pack(put(
            outer, 1, p.payload(**(one | {"created": 1}))))),
        ("a signature of 63 bytes", "MALFORMED", p.pack(put(
            outer, 2, [[m.public(m.ROOT1), bytes(63)]]))),
        ("two signatures out of order", "BAD_KEYSET", p.pack(put(
            p.canonical(m.KEYSET2[0], 8), 2,
            p.canonical(m.KEYSET2[0], 8)[2][::-1]))),
        ("one byte more than a keyset may have", "TOO_BIG", bytes(8193))]
    same = m.CITY
    third = m.make_keyset([m.ROOT1, m.ROOT2], n=3, previous=m.HASH2,
                          roots=two["roots"], threshold=2,
                          keys=one["keys"], created=m.T0)
    after = [
        ("keyset 1 again", "BAD_KEYSET", m.KEYSET1[0]),
        ("a number left out", "BAD_KEYSET",
         inner(two, [m.ROOT1, m.ROOT2], n=3)),
        ("after another keyset", "BAD_KEYSET",
         inner(two, [m.ROOT1, m.ROOT2], previous=bytes(32))),
        ("of another kind", "BAD_KEYSET",
         inner(two, [m.ROOT1, m.ROOT2], kind=p.LGA)),
        ("below its own threshold", "BAD_KEYSET", inner(two, [m.ROOT1])),
        ("below the threshold before", "BAD_KEYSET",
         inner(two, [m.ROOT2, m.ROOT3])),
        ("with a stranger's signature", "BAD_KEYSET",
         inner(two, [m.ROOT1, m.ROOT2, m.seed(9)])),
        ("with a wrong signature of a root before", "BAD_SIGNATURE",
         p.pack([1, m.KEYSET2[1], sorted(
             [m.public(s), m.sign(s, b"x" * 32) if s == m.ROOT1 else
              m.sign(s, m.HASH2)] for s in (m.ROOT1, m.ROOT2, m.ROOT3))])),
        ("two steps on", "BAD_KEYSET", third[0])]
    fresh = m.make_keyset([m.ROOT1, m.seed(7)], n=2, previous=same,
                          roots=[m.public(m.seed(7))],
                          keys=[(m.public(m.NODE2), 7)], created=0)
    lga = m.make_keyset([m.ROOT3], n=1, kind=p.LGA,
                        roots=[m.public(m.ROOT3)], created=p.TIME_MAX,
                        keys=[(m.public(m.ROOT3), 7)])
    full = m.make_keyset([m.seed(i) for i in range(1, 17)], n=1,
                         roots=[m.public(m.seed(i)) for i in range(1, 17)],
                         threshold=16, created=0, keys=[
                             (m.public(m.seed(i)), 1) for i in range(1, 17)])
    none = {"previous_object": None}
    before = {"previous_object": m.KEYSET1[0]}
    return [m.keyset_vector("keyset 2 with all root keys changed", fresh,
                            [m.ROOT1, m.seed(7)], m.KEYSET1[0]),
            m.keyset_vector("keyset 1 of an association", lga, [m.ROOT3],
                            None),
            m.keyset_vector("keyset 1 with 16 keys of each kind", full,
                            [m.seed(i) for i in range(1, 17)], None)] + \
        [bad(m, *x, inputs=none) for x in common(m.KEYSET1[0]) + first] + \
        [bad(m, f"keyset 2: {x[0]}", *x[1:], inputs=before) for x in after]


def heads(m):
    f, g = m.REV1.fields, m.REV2.fields
    good = p.canonical(m.REV1.content, 8)
    outer = p.canonical(m.REV1.head, 8)

    def raw(i, value):
        return m.wrap_head(p.pack(put(good, i, value)), m.REV1.stamp, m.NODE1)

    def stamped(time, expires, key, seed=m.NODE1):
        return m.wrap_head(m.REV1.content, p.stamp(time, expires, key), seed)

    def with_content(seed=m.NODE1, old=f, **new):
        return m.wrap_head(p.content(**(old | new)), m.REV1.stamp, seed)
    decoding = [
        ("content of version 2", "UNSUPPORTED", raw(0, 2)),
        ("content with an element less", "MALFORMED", m.wrap_head(
            p.pack(good[:9]), m.REV1.stamp, m.NODE1)),
        ("content with a byte more", "MALFORMED", m.wrap_head(
            m.REV1.content + b"\0", m.REV1.stamp, m.NODE1)),
        ("content as text", "MALFORMED", p.pack(put(outer, 1, "content"))),
        ("city id of 31 bytes", "MALFORMED", raw(1, bytes(31))),
        ("keyset hash of 33 bytes", "MALFORMED", raw(2, bytes(33))),
        ("epoch 0", "MALFORMED", with_content(epoch=0)),
        ("epoch that is negative", "MALFORMED", with_content(epoch=-1)),
        ("revision 0", "MALFORMED", with_content(rev=0, prev=bytes(32))),
        ("revision 0 without prev", "MALFORMED", with_content(rev=0)),
        ("revision 1 with prev", "MALFORMED", with_content(prev=bytes(32))),
        ("revision 2 without prev", "MALFORMED", with_content(rev=2)),
        ("prev of 31 bytes", "MALFORMED",
         with_content(rev=2, prev=bytes(31))),
        ("public root of 31 bytes", "MALFORMED", raw(6, bytes(31))),
        ("more records than a city may have", "TOO_BIG", raw(7, 1000001)),
        ("size that is negative", "MALFORMED", raw(8, -1)),
        ("net as nil", "MALFORMED", raw(9, None)),
        ("stamp with an element more", "MALFORMED", m.wrap_head(
            m.REV1.content, p.pack([m.T0, m.T0 + 1, 0, 0]), m.NODE1)),
        ("stamp with a byte more", "MALFORMED", m.wrap_head(
            m.REV1.content, m.REV1.stamp + b"\0", m.NODE1)),
        ("expires when it was signed", "MALFORMED",
         stamped(m.T0, m.T0, 0)),
        ("expires before it was signed", "MALFORMED",
         stamped(m.T0, m.T0 - 1, 0)),
        ("expires after more than 30 days", "MALFORMED",
         stamped(m.T0, m.T0 + m.MONTH + 1, 0)),
        ("expires after 9999", "TOO_BIG",
         stamped(p.TIME_MAX, p.TIME_MAX + 1, 0)),
        ("time after 9999", "TOO_BIG",
         stamped(p.TIME_MAX + 1, p.TIME_MAX + 2, 0)),
        ("key 16", "TOO_BIG", stamped(m.T0, m.T0 + 1, 16)),
        ("signature of 63 bytes", "MALFORMED", p.pack(put(outer, 3,
                                                          bytes(63)))),
        ("one byte more than a head may have", "TOO_BIG", bytes(1025))]
    verifying = [
        ("another epoch than its keyset's", "BAD_KEYSET",
         with_content(epoch=2)),
        ("another keyset's hash", "BAD_KEYSET",
         with_content(keyset=bytes(32))),
        ("key that the keyset does not have", "BAD_KEYSET",
         stamped(m.T0, m.T0 + 1, 1)),
        ("signed by a stranger", "BAD_SIGNATURE", m.wrap_head(
            m.REV1.content, m.REV1.stamp, m.seed(9))),
        ("signed by a root key", "BAD_SIGNATURE", m.wrap_head(
            m.REV1.content, m.REV1.stamp, m.ROOT1)),
        ("the signature of another stamp", "BAD_SIGNATURE", p.pack(put(
            outer, 2, p.stamp(m.T0 + 61, m.T0 + m.MONTH, 0)))),
        ("the signature of another content", "BAD_SIGNATURE", p.pack(put(
            outer, 1, p.content(**(g | {"rev": 3}))))),
        ("signed without the hash's personalisation", "BAD_SIGNATURE",
         p.pack(put(outer, 3, m.sign(m.NODE1, hashlib.blake2b(
             m.REV1.hash + m.REV1.stamp, digest_size=32).digest()))))]
    use = m.State(1, m.REV2_RECORDS, [], epoch=2, keyset=m.HASH2, key=0,
                  time=m.T0)
    under = {"keysets": [m.KEYSET1[0]]}
    return [bad(m, *x, inputs=under) for x in
            common(m.REV1.head) + decoding + verifying] + [
        bad(m, "key that may not sign heads", "BAD_KEYSET", use.head,
            inputs={"keysets": [m.KEYSET1[0], m.KEYSET2[0]]})]


def signatures(m):
    message = p.digest("head", b"abc")
    # RFC 8032 section 7.1, tests 1 to 3: secret and public keys.
    seeds = ["9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
             "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
             "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"]
    publics = [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"]
    made = []
    for i, (seed, public) in enumerate(zip(seeds, publics), 1):
        key = bytes.fromhex(seed)
        made.append(m.vector(f"key of RFC 8032 section 7.1, test {i}",
                             {"seed": key, "hash": message}, public=public,
                             hex=m.sign(key, message)))
    key = bytes.fromhex(seeds[0])
    public, good = m.public(key), m.sign(key, message)
    s = int.from_bytes(good[32:], "little")
    one = b"\1" + bytes(31)  # the neutral element
    not_canonical = (p.P + 1).to_bytes(32, "little")  # the same, longer
    refused = [
        ("a bit of the hash changed", public,
         message[:31] + bytes([message[31] ^ 1]), good),
        ("a bit of R changed", public, message,
         bytes([good[0] ^ 1]) + good[1:]),
        ("a bit of S changed", public, message,
         good[:32] + bytes([good[32] ^ 1]) + good[33:]),
        ("another key", m.public(m.seed(9)), message, good),
        ("S plus the group order", public, message,
         good[:32] + (s + p.L).to_bytes(32, "little")),
        ("a key of small order", one, message, one + bytes(32)),
        ("R of small order", public, message, one + good[32:]),
        ("a key that is not canonical", not_canonical, message,
         one + bytes(32)),
        ("a key that is no point", b"\2" + bytes(31), message, good),
        ("all zero", bytes(32), message, bytes(64))]
    return made + [m.vector(name, {"hash": h}, public=k, hex=sig,
                            error="BAD_SIGNATURE")
                   for name, k, h, sig in refused]


def sha256(raw):
    return hashlib.sha256(raw).digest()


def trees(m):
    # The leaves of the certificate transparency project's tests.
    leaves = [bytes.fromhex(x) for x in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f")]

    def one(name, kind, hash_of):
        hashed = [hash_of(b"\0" + x) for x in leaves]
        return m.vector(
            name, {"hasher": kind, "leaves": leaves}, leaf_hashes=hashed,
            roots=[p.tree_hash(hash_of, hashed[:n]) for n in range(9)],
            paths=[{"index": i, "count": n,
                    "path": p.tree_path(hash_of, i, hashed[:n])}
                   for n in range(1, 9) for i in range(n)])
    return [one("RFC 6962 with SHA-256", "sha256", sha256),
            one("c2c tree", "tree", p.tree)]


def proof_files(m):
    offices = [x[1] for x in (m.OFFICE1, m.OFFICE2_NEW, m.OFFICE3)]
    leaves = [p.leaf_hash(x) for x in offices]
    one, both = [m.KEYSET1[0]], [m.KEYSET1[0], m.KEYSET2[0]]
    path = p.tree_path(p.tree, 1, leaves)
    parts = {"keysets": one, "head": m.REV2.head, "dir": m.REV2.dir,
             "record": offices[1], "index": 1, "path": path}

    def made(**changed):
        f = parts | changed
        return p.proof_file(f["keysets"], f["head"], f["dir"], f["record"],
                            f["index"], f["path"])

    def good(name, state, record, raw):
        return m.vector(name, {
            "city": m.CITY, "epoch": state.fields["epoch"],
            "rev": state.fields["rev"], "key": record[0]["key"]}, hex=raw)

    def bad(name, error, raw):
        return m.vector(name, {}, error=error, hex=raw)
    plain = made()
    # A head of another city under this city's keyset: who signs can do that.
    other = p.content(**(m.REV2.fields | {"city": m.HASH2}))
    stray = m.wrap_head(other, m.REV2.stamp, m.NODE1)
    flipped = bytearray(m.REV2.head)
    flipped[-1] ^= 1
    return [
        good("proof file", m.REV2, m.OFFICE2_NEW, plain),
        good("proof file of a tree of one", m.REV2, m.PRACTICE,
             made(record=m.PRACTICE[1], index=0, path=[])),
        good("proof file after a refresh", m.REFRESH, m.OFFICE2_NEW,
             made(head=m.REFRESH.head)),
        good("proof file under keyset 2", m.EPOCH2, m.OFFICE2_NEW,
             made(keysets=both, head=m.EPOCH2.head)),
        bad("nothing", "MALFORMED", b""),
        bad("cut off", "MALFORMED", plain[:-1]),
        bad("a byte too many", "MALFORMED", plain + b"\0"),
        bad("a longer array header", "NONCANON",
            b"\xdc\0\x07" + plain[1:]),
        bad("version 2", "UNSUPPORTED", plain[:1] + b"\2" + plain[2:]),
        bad("an element too few", "MALFORMED", b"\x96" + plain[1:]),
        bad("no keyset", "MALFORMED", made(keysets=[])),
        bad("101 keysets", "TOO_BIG", made(keysets=one * 101)),
        bad("a keyset too long", "TOO_BIG",
            made(keysets=[b"\0" * (p.LIMIT["KEYSET_BYTES"] + 1)])),
        bad("a head too long", "TOO_BIG",
            made(head=b"\0" * (p.LIMIT["HEAD_BYTES"] + 1))),
        bad("an index above all", "TOO_BIG",
            made(index=p.LIMIT["CITY_RECORDS"])),
        bad("a path of 65", "TOO_BIG", made(path=[leaves[0]] * 65)),
        bad("a node of 31 bytes", "MALFORMED",
            made(path=[path[0], path[1][:31]])),
        bad("a keyset of no form", "MALFORMED", made(keysets=[b"\xc0"])),
        bad("keyset 2 first", "BAD_KEYSET", made(keysets=both[1:])),
        bad("keyset 1 twice", "BAD_KEYSET", made(keysets=one * 2)),
        bad("a head under an older keyset", "BAD_KEYSET",
            made(keysets=both)),
        bad("a head under a later keyset", "BAD_KEYSET",
            made(head=m.EPOCH2.head)),
        bad("a head with a wrong signature", "BAD_SIGNATURE",
            made(head=bytes(flipped))),
        bad("a head of another city", "BAD_KEYSET", made(head=stray)),
        bad("an older head", "BAD_ROOT", made(head=m.REV1.head)),
        bad("another directory", "BAD_ROOT", made(dir=m.REV1.dir)),
        bad("an older record", "BAD_ROOT", made(record=m.OFFICE2[1])),
        bad("another index", "BAD_ROOT", made(index=0)),
        bad("a node too few", "BAD_ROOT", made(path=path[:1])),
        bad("no record", "MALFORMED", made(record=b"\xc0")),
        bad("a record for members", "BAD_ROOT",
            made(record=m.CONTACT[1], index=0, path=[])),
        bad("a record for members with its directory", "BAD_ROOT",
            made(record=m.CONTACT[1], index=0, path=[],
                 dir=m.REV2.net_dir))]


def proofs(m):
    offices = [x[1] for x in (m.OFFICE1, m.OFFICE2_NEW, m.OFFICE3)]
    leaves = [p.leaf_hash(x) for x in offices]
    state = {"city": m.CITY, "audience": p.PUBLIC,
             "root": m.REV2.public["root"], "dir": m.REV2.dir}

    def path(i):
        return {"index": i, "path": p.tree_path(p.tree, i, leaves)}

    def side(i):
        return {"record": offices[i]} | path(i)
    practice = {"index": 0, "path": []}
    flip = {"index": 1, "path": [leaves[0], leaves[1]]}
    inclusion = [
        ("inclusion", None, {"record": offices[1], "at": path(1)}),
        ("inclusion in a tree of one", None,
         {"record": m.PRACTICE[1], "at": practice}),
        ("inclusion at another index", "BAD_ROOT",
         {"record": offices[1], "at": path(1) | {"index": 0}}),
        ("inclusion beyond the last", "BAD_ROOT",
         {"record": offices[1], "at": path(1) | {"index": 3}}),
        ("inclusion with another path", "BAD_ROOT",
         {"record": offices[1], "at": flip}),
        ("inclusion with a path too short", "BAD_ROOT", {
            "record": offices[1], "at": {"index": 1, "path": leaves[:1]}}),
        ("inclusion with a path too long", "BAD_ROOT", {
            "record": offices[1], "at": {
                "index": 1, "path": path(1)["path"] + [leaves[0]]}}),
        ("inclusion of an old version", "BAD_ROOT",
         {"record": m.OFFICE2[1], "at": path(1)}),
        ("inclusion of a type that is not there", "BAD_ROOT",
         {"record": m.CONTACT[1], "at": practice}),
        ("inclusion of no record", "MALFORMED",
         {"record": b"\xc0", "at": path(1)}),
        ("inclusion of a record that is not there", "BAD_ROOT",
         {"record": m.make_record("office", 1, {})[1], "at": path(0)})]

    def absent(number, left, right, kind="office"):
        key = m.make_record("office", number, {})[0]["key"]
        return {"type": kind, "key": key, "left": left, "right": right}
    early = absent(0, None, side(0))
    late = absent(99, side(2), None)
    removed = [m.OFFICE1[1], m.OFFICE3[1]]
    raw, total = p.summary(m.CITY, p.PUBLIC, removed)
    smaller = {"city": m.CITY, "audience": p.PUBLIC, "root": total["root"],
               "dir": raw}
    two = [p.leaf_hash(x) for x in removed]

    # A city that signs an office tree with a practice in it.
    stray = [leaves[0], p.leaf_hash(m.PRACTICE[1])]
    odd = p.directory(m.CITY, p.PUBLIC, [{
        "type": "office", "count": 2, "bytes": 1,
        "root": p.tree_hash(p.tree, stray)}])
    mixed = {"city": m.CITY, "audience": p.PUBLIC,
             "root": p.digest("root", odd), "dir": odd}

    def of_two(i):
        return {"record": removed[i], "index": i,
                "path": p.tree_path(p.tree, i, two)}
    absence = [
        ("absence between two", None, smaller,
         absent(2, of_two(0), of_two(1))),
        ("absence before the first", None, state, early),
        ("absence after the last", None, state, late),
        ("absence of a type", None, state,
         absent(1, None, None, "contact")),
        ("absence of what is there", "BAD_ROOT", state,
         absent(2, side(0), side(2))),
        ("absence of the left neighbour", "BAD_ROOT", state,
         absent(1, side(0), side(1))),
        ("absence of the right neighbour", "BAD_ROOT", state,
         absent(2, side(0), side(1))),
        ("absence with the left one left out", "BAD_ROOT", smaller,
         absent(2, None, of_two(1))),
        ("absence with the right one left out", "BAD_ROOT", smaller,
         absent(2, of_two(0), None)),
        ("absence with neither", "BAD_ROOT", smaller,
         absent(2, None, None)),
        ("absence with sides exchanged", "BAD_ROOT", smaller,
         absent(2, of_two(1), of_two(0))),
        ("absence beside another type", "BAD_ROOT", smaller,
         absent(9, {"record": m.PRACTICE[1]} | practice, None)),
        ("absence with a wrong path on the left", "BAD_ROOT", smaller,
         absent(2, of_two(0) | {"path": [two[0]]}, of_two(1))),
        ("absence with a wrong path on the right", "BAD_ROOT", smaller,
         absent(2, of_two(0), of_two(1) | {"path": [two[1]]})),
        ("absence beside another type in the same tree", "BAD_ROOT", mixed,
         absent(9, {"record": m.PRACTICE[1], "index": 1,
                    "path": [leaves[0]]}, None)),
        ("absence beside no record", "MALFORMED", smaller,
         absent(2, of_two(0) | {"record": b"\xc0"}, of_two(1)))]
    complete = [
        ("completeness", None, {"type": "office", "leaves": leaves}),
        ("completeness of nothing", None, {"type": "contact", "leaves": []}),
        ("completeness with one left out", "BAD_ROOT",
         {"type": "office", "leaves": leaves[:2]}),
        ("completeness with one too many", "BAD_ROOT",
         {"type": "office", "leaves": leaves + leaves[:1]}),
        ("completeness with an inner node for two leaves", "BAD_ROOT",
         {"type": "office", "leaves": [
             p.tree(b"\1" + leaves[0] + leaves[1]), leaves[2]]}),
        ("completeness in another order", "BAD_ROOT",
         {"type": "office", "leaves": leaves[::-1]}),
        ("completeness of a type that is not there", "BAD_ROOT",
         {"type": "contact", "leaves": leaves[:1]}),
        ("completeness with nothing", "BAD_ROOT",
         {"type": "office", "leaves": []})]
    longer = m.REV2.dir + b"\0"
    wrong = [
        ("directory of another state", "BAD_ROOT",
         state | {"dir": m.REV1.dir}),
        ("directory that is malformed", "MALFORMED",
         state | {"dir": longer, "root": p.digest("root", longer)}),
        ("directory of another city", "MALFORMED",
         state | {"city": bytes(32)}),
        ("directory of another audience", "MALFORMED",
         state | {"audience": p.NETWORK})]

    def made(name, kind, error, of, inputs, **more):
        extra = {} if error is None else {"error": error}
        return m.vector(name, {"kind": kind, "state": of} | inputs, **more,
                        **extra)
    stray_one = {"record": m.PRACTICE[1],
                 "at": {"index": 1, "path": [leaves[0]]}}
    return [made(name, "inclusion", error, state, x, hex=b"".join(
        x["at"]["path"])) for name, error, x in inclusion] + \
        [made("inclusion in the tree of another type", "inclusion",
              "BAD_ROOT", mixed, stray_one)] + \
        [made(name, "absence", error, of, x) for name, error, of, x
         in absence] + \
        [made(name, "completeness", error, state, x,
              hex=b"".join(x["leaves"])) for name, error, x in complete] + \
        [made(f"{kind}: {name}", kind, error, of, x)
         for name, error, of in wrong for kind, x in
         (("inclusion", inclusion[0][2]), ("absence", early),
          ("completeness", complete[0][2]))]


def acceptance(m):
    one, both = [m.KEYSET1[0]], [m.KEYSET1[0], m.KEYSET2[0]]
    wrong = m.State(3, m.REV2.records, [m.CONTACT[1]], prev=bytes(32),
                    time=m.T0 + 2 * m.DAY)
    fork1 = m.State(1, [m.OFFICE1[1]], [], time=m.T0 + 61)
    fork2 = m.State(2, [m.OFFICE1[1]], [], prev=m.REV1.hash,
                    time=m.T0 + 2 * m.DAY)
    rev3 = m.State(3, m.REV2.records, [], prev=m.REV2.hash,
                   time=m.T0 + 2 * m.DAY)
    rev9 = m.State(9, m.REV2.records, [], prev=bytes(32), time=m.T0)
    late = m.State(1, [], [], time=m.T0)
    stray = m.State(1, [], [], time=m.T0, city=bytes(32))
    empty = m.State(1, [], [], time=m.T0)
    now = m.T0 + 10 * m.DAY

    def case(name, error, offered, held=None, keysets=None, now=now,
             has_net=True, public=None, net=None, net_sum=None, city=m.CITY):
        extra = {} if error is None else {"error": error}
        return m.vector(name, {
            "city": city, "keysets": keysets or one,
            "held": held.head if held else None, "now": now,
            "public": offered.public if public is None else public,
            "network": (net or offered.net) if has_net else None,
            "network_sum": (net_sum or offered.net_sum) if has_net else None},
                        hex=offered.head, **extra)
    off = {"root": bytes(32)}
    return [
        case("the first head", None, m.REV1),
        case("the first head, network state not held", None, m.REV1,
             has_net=False),
        case("the first head known is revision 9", None, rev9),
        case("a city without records", None, empty),
        case("the next revision", None, m.REV2, m.REV1),
        case("a revision that skips others", None, rev9, m.REV2),
        case("a later revision with an earlier time", None, rev9, m.REFRESH),
        case("a refresh", None, m.REFRESH, m.REV2),
        case("a refresh is taken without contents", None, m.REFRESH, m.REV2,
             public=m.REV1.public | off, has_net=False),
        case("the first head of a new keyset", None, m.EPOCH2, m.REFRESH,
             both),
        case("as far in the future as may be", None, late,
             now=m.T0 - 600),
        case("not decodable", "MALFORMED", _Head(m.REV1, b"\x94\x01")),
        case("of another version", "UNSUPPORTED",
             _Head(m.REV1, b"\x94\x02" + m.REV1.head[2:])),
        case("under a keyset that is replaced", "BAD_KEYSET", m.REFRESH,
             m.REV2, both),
        case("under a keyset that is not known", "BAD_KEYSET", m.EPOCH2,
             m.REFRESH),
        case("with a wrong signature", "BAD_SIGNATURE", _Head(
            m.REV1, m.REV1.head[:-1] + bytes([m.REV1.head[-1] ^ 1]))),
        case("of another city, under this city's keyset", "BAD_KEYSET",
             stray),
        case("too far in the future", "FUTURE", late, now=m.T0 - 601),
        case("the head that is held", "OLDER", m.REV2, m.REV2),
        case("an earlier stamp of the same content", "OLDER", m.REV2,
             m.REFRESH),
        case("the revision before", "OLDER", m.REV1, m.REV2),
        case("a much older revision", "OLDER", m.REV1, rev9),
        case("other content under the same revision", "CONFLICT", fork2,
             m.REV2),
        case("other content under the same first revision", "CONFLICT",
             fork1, m.REV1),
        case("a next revision after something else", "CONFLICT", wrong,
             m.REV2),
        case("a revision before that the held one does not follow",
             "CONFLICT", fork2, rev3),
        case("another public root", "BAD_ROOT", m.REV1,
             public=m.REV1.public | off),
        case("another number of public records", "BAD_ROOT", m.REV1,
             public=m.REV1.public | {"count": 3}),
        case("another size of public records", "BAD_ROOT", m.REV1,
             public=m.REV1.public | {"bytes": 1}),
        case("another blind", "BAD_ROOT", m.REV1,
             net=m.REV1.net | {"blind": bytes(32)}),
        case("another network root", "BAD_ROOT", m.REV1,
             net_sum=m.REV1.net_sum | off),
        case("another number of network records", "BAD_ROOT", m.REV1,
             net_sum=m.REV1.net_sum | {"count": 1}),
        case("another size of network records", "BAD_ROOT", m.REV1,
             net_sum=m.REV1.net_sum | {"bytes": 1}),
        case("more network records than a city may have", "TOO_BIG", m.REV1,
             net=m.REV1.net | {"count": 1000001}),
        case("a conflict before its contents are looked at", "CONFLICT",
             fork2, m.REV2, public=m.REV1.public | off),
        case("the future before a conflict", "FUTURE", fork2, m.REV2,
             now=m.T0)]


class _Head:
    """A state whose head is replaced."""

    def __init__(self, state, head):
        self.head, self.public = head, state.public
        self.net, self.net_sum = state.net, state.net_sum


def references(m):
    key = "019b76da-a800-7000-8000-000000000001"
    good = ["office/ctseo", f"office/{key}", "Baguio/office/ctseo",
            f"杭州/practice/{key}", "Xi'an/contact/0", "office/a-",
            f"{'c' * 200}/office/a", f"{m.CITY.hex()}/office/ctseo",
            f"office/{key[:-1]}", f"{'t' * 40}/{'s' * 60}"]
    refused = ["", "/", "ctseo", "office/", "/ctseo", "a/b/c/d", "/office/a",
               "Office/a", "office/A", "office/-a", "office/a b",
               "office/" + key.upper(), f"1/{key}", "a\n/office/b",
               "a\x7f/office/b", f"{'c' * 201}/office/a",
               f"{'t' * 41}/a", f"office/{'s' * 61}", "office/ä"]
    return [m.vector(f"reference {i}: {x[:40]!r}",
                     {"text": x} | p.reference(x))
            for i, x in enumerate(good, 1)] + \
        [m.vector(f"no reference {i}: {x[:40]!r}", {"text": x},
                  error="MALFORMED")
         for i, x in enumerate(refused, 1)]


def control(m):
    ask = {"city": "Baguio", "for": "sister-city", "lang": "en"}
    failure = {"code": "NOT_FOUND", "thing": "office/ctse",
               "message": "Baguio has no office 'ctse'",
               "hint": "did you mean office/ctseo?"}
    put = {"records": [{"type": "office", "slug": "ctseo",
                        "body": m.OFFICE2[0]["body"]}], "dry_run": False}

    def one(name, kind, first, value):
        return m.vector(name, {"kind": kind, "first": first, "map": value},
                        hex=p.pack([1, first, value]))

    def deep(n):
        v = {}
        for _ in range(n - 1):
            v = {"a": v}
        return v
    good = [
        one("request", "request", "who", ask),
        one("request without arguments", "request", "status", {}),
        one("request that writes", "request", "put", put),
        one("request of 24 levels", "request", "x" * 40, deep(24)),
        one("reply", "reply", 0, {"items": [], "checked": 0, "ok": True}),
        one("reply that refuses", "reply", 7, failure)]
    request = p.pack([1, "who", ask])
    reply = p.pack([1, 0, {}])
    refused = [("request", *x) for x in common(request)] + [
        ("request", "name of 41 bytes", "TOO_BIG", p.pack([1, "x" * 41, {}])),
        ("request", "name as a number", "MALFORMED", p.pack([1, 7, {}])),
        ("request", "arguments that are an array", "MALFORMED",
         p.pack([1, "who", []])),
        ("request", "arguments of 25 levels", "TOO_BIG",
         p.pack([1, "who", deep(25)])),
        ("request", "arguments out of order", "NONCANON",
         b"\x93\x01\xa3who\x82\xa1b\xc0\xa1a\xc0")] + [
        ("reply", *x) for x in common(reply)] + [
        ("reply", "code as text", "MALFORMED", p.pack([1, "OK", {}])),
        ("reply", "negative code", "MALFORMED", p.pack([1, -1, {}])),
        ("reply", "document that is nil", "MALFORMED", p.pack([1, 0, None]))]
    return good + [bad(m, f"{kind}: {name}", error, raw,
                       inputs={"kind": kind})
                   for kind, name, error, raw in refused]
