#!/usr/bin/python3
"""Make proto/vectors/session.json: a whole session, byte by byte.

vectors.py          print it
vectors.py FILE     fail unless FILE is what would be printed"""
import json
import sys

from session import (PADDED, ZSTD, Handshake, Session, binding, body, first,
                     refusal, second, third, u64, zstd_run)

CITY, KEYSET = b"\x11" * 32, b"\x22" * 32
PEER_CITY, PEER_KEYSET = b"\x33" * 32, b"\x44" * 32
EXPIRES = 1800000000
SEED, PEER_SEED = b"\x55" * 32, b"\x66" * 32
STATIC = bytes(range(0x00, 0x20)), bytes(range(0x20, 0x40))
EPHEMERAL = bytes(range(0x40, 0x60)), bytes(range(0x60, 0x80))
SESSION_ID = bytes(range(0xf0, 0x100))


def make():
    one = Handshake(True, STATIC[0], EPHEMERAL[0])
    two = Handshake(False, STATIC[1], EPHEMERAL[1])
    bound = (binding(CITY, KEYSET, 0, EXPIRES, one.public, SEED),
             binding(PEER_CITY, PEER_KEYSET, 3, EXPIRES, two.public, PEER_SEED))
    message = one.write(b"")
    frames = [("first", "initiator", first(message))]
    two.read(message)
    message = two.write(bound[1])
    frames.append(("second", "responder", second(SESSION_ID, message)))
    one.read(message)
    message = one.write(bound[0])
    two.read(message)
    assert one.hash == two.hash
    consumer, provider = Session(one, SESSION_ID), Session(two, SESSION_ID)

    content = b"\x92\x01\xa5hello"
    zipped = zstd_run(b"a", 1000)
    bodies = [
        ("a request, public, as it is", content, body(content)),
        ("the same, not public", content, body(content, PADDED)),
        ("1,000 times the letter a, compressed", b"a" * 1000,
         body(zipped, ZSTD)),
        ("the same, not public", b"a" * 1000, body(zipped, ZSTD | PADDED)),
        ("nothing", b"", body(b"")),
        ("nothing, not public", b"", body(b"", PADDED)),
        ("251 bytes, which fill the padding", b"b" * 251,
         body(b"b" * 251, PADDED)),
        ("252 bytes, which need one more", b"b" * 252,
         body(b"b" * 252, PADDED)),
    ]
    request = consumer.seal(bodies[0][2])
    frames.append(("third", "initiator", third(message, request)))
    provider.open(request)
    reply = provider.seal(bodies[1][2], request=0)
    frames.append(("reply to 0", "responder", reply))
    consumer.open(reply, request=0)
    request = consumer.seal(bodies[3][2])
    frames.append(("request 1", "initiator", request))
    provider.open(request)
    frames.append(("refusal: FORGED", "responder", refusal(36)))
    sealed = [{"counter": 0, "request": None, "plain": bodies[0][2].hex(),
               "associated": (SESSION_ID + u64(0)).hex()},
              {"counter": 0, "request": 0, "plain": bodies[1][2].hex(),
               "associated": (SESSION_ID + u64(0) + u64(0)).hex()},
              {"counter": 1, "request": None, "plain": bodies[3][2].hex(),
               "associated": (SESSION_ID + u64(1)).hex()}]
    return {
        "source": "tests/noise/vectors.py, which uses python3-dissononce",
        "initiator": {
            "static": STATIC[0].hex(), "ephemeral": EPHEMERAL[0].hex(),
            "seed": SEED.hex(), "city": CITY.hex(), "keyset": KEYSET.hex(),
            "key": 0, "expires": EXPIRES, "binding": bound[0].hex()},
        "responder": {
            "static": STATIC[1].hex(), "ephemeral": EPHEMERAL[1].hex(),
            "seed": PEER_SEED.hex(), "city": PEER_CITY.hex(),
            "keyset": PEER_KEYSET.hex(), "key": 3, "expires": EXPIRES,
            "binding": bound[1].hex()},
        "session": SESSION_ID.hex(),
        "handshake_hash": one.hash.hex(),
        "frames": [{"what": what, "from": who, "hex": data.hex()}
                   for what, who, data in frames],
        "sealed": sealed,
        "bodies": [{"what": what, "content": plain.hex(), "hex": data.hex()}
                   for what, plain, data in bodies],
    }


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
