#!/usr/bin/python3
"""Make proto/vectors/session.json: a whole session, byte by byte.

vectors.py          print it
vectors.py FILE     fail unless FILE is what would be printed"""
import json
import sys

from session import (FORGED, PADDED, ZSTD, Handshake, Session, binding, body, first,
                     refusal, second, third, u64, zstd_run)

CITY, KEYSET = b"\x11" * 32, b"\x22" * 32
PEER_CITY, PEER_KEYSET = b"\x33" * 32, b"\x44" * 32
EXPIRES = 1800000000
SEED, PEER_SEED = b"\x55" * 32, b"\x66" * 32
STATIC = bytes(range(0x00, 0x20)), bytes(range(0x20, 0x40))
EPHEMERAL = bytes(range(0x40, 0x60)), bytes(range(0x60, 0x80))
SESSION_ID = bytes(range(0xf0, 0x100))


def node(name, side, city, keyset, key, seed, bound):
    return {"name": name, "static": STATIC[side].hex(),
            "ephemeral": EPHEMERAL[side].hex(), "seed": seed.hex(),
            "city": city.hex(), "keyset": keyset.hex(), "key": key,
            "expires": EXPIRES, "binding": bound.hex()}


def bodies():
    content = b"\x92\x01\xa5hello"
    zipped = zstd_run(b"a", 1000)
    made = [
        ("as it is", content, body(content)),
        ("padded", content, body(content, PADDED)),
        ("compressed", b"a" * 1000, body(zipped, ZSTD)),
        ("compressed and padded", b"a" * 1000, body(zipped, ZSTD | PADDED)),
        ("empty", b"", body(b"")),
        ("empty, padded", b"", body(b"", PADDED)),
        ("251 bytes, which padding just holds", b"b" * 251,
         body(b"b" * 251, PADDED)),
        ("252 bytes, for which it needs more", b"b" * 252,
         body(b"b" * 252, PADDED)),
    ]
    return [{"name": f"body {name}", "content": plain.hex(), "hex": data.hex()}
            for name, plain, data in made]


def make():
    one = Handshake(True, STATIC[0], EPHEMERAL[0])
    two = Handshake(False, STATIC[1], EPHEMERAL[1])
    bound = (binding(CITY, KEYSET, 0, EXPIRES, one.public, SEED),
             binding(PEER_CITY, PEER_KEYSET, 3, EXPIRES, two.public, PEER_SEED))
    nodes = [node("initiator", 0, CITY, KEYSET, 0, SEED, bound[0]),
             node("responder", 1, PEER_CITY, PEER_KEYSET, 3, PEER_SEED,
                  bound[1])]
    first_message = one.write(b"")
    two.read(first_message)
    second_message = two.write(bound[1])
    one.read(second_message)
    third_message = one.write(bound[0])
    two.read(third_message)
    assert one.hash == two.hash
    consumer, provider = Session(one, SESSION_ID), Session(two, SESSION_ID)

    plain = [bytes.fromhex(b["hex"]) for b in bodies()]
    request = consumer.seal(plain[0])
    reply = provider.seal(plain[1], request=0)
    another = consumer.seal(plain[3])
    provider.open(request)
    consumer.open(reply, request=0)
    provider.open(another)
    return nodes + [
        {"name": "session id", "hex": SESSION_ID.hex()},
        {"name": "handshake hash", "hex": one.hash.hex()},
        {"name": "first", "hex": first(first_message).hex()},
        {"name": "second", "hex": second(SESSION_ID, second_message).hex()},
        {"name": "third", "hex": third(third_message, request).hex()},
        {"name": "request 0", "plain": plain[0].hex(),
         "associated": (SESSION_ID + u64(0)).hex(), "hex": request.hex()},
        {"name": "reply 0 to request 0", "plain": plain[1].hex(),
         "associated": (SESSION_ID + u64(0) + u64(0)).hex(),
         "hex": reply.hex()},
        {"name": "request 1", "plain": plain[3].hex(),
         "associated": (SESSION_ID + u64(1)).hex(), "hex": another.hex()},
        {"name": "refusal", "hex": refusal(FORGED).hex()},
    ] + bodies()


def main():
    text = json.dumps(make(), indent=1) + "\n"
    if len(sys.argv) == 1:
        sys.stdout.write(text)
        return 0
    with open(sys.argv[1], encoding="utf-8") as file:
        if file.read() == text:
            return 0
    print(f"{sys.argv[1]} is not what {sys.argv[0]} prints")
    return 1


sys.exit(main())
