#!/usr/bin/python3
"""Sessions between the program and another implementation, in both roles.

peer.py NOISE_PEER    the program that tests/noise/peer.c is"""
import os
import random
import struct
import subprocess
import sys

import session
from session import Handshake, Session

COUNT = 200
NOW = 1800000000
# City, keyset, index of the key and its seed, as in peer.c.
CITIES = [(bytes([1 + i]) * 32, bytes([0x21 + i]) * 32, i,
           bytes([0x10 + i]) * 32) for i in range(2)]


class Program:
    """The other side, over pipes."""

    def __init__(self, path, role):
        self.process = subprocess.Popen([path, role, str(COUNT)],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def send(self, tag, frame):
        self.process.stdin.write(struct.pack("<II", len(frame), tag) + frame)
        self.process.stdin.flush()

    def take(self):
        start = self.process.stdout.read(8)
        assert len(start) == 8, "the program ended"
        size, tag = struct.unpack("<II", start)
        frame = self.process.stdout.read(size)
        assert len(frame) == size
        return tag, frame

    def end(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        assert self.process.wait() == 0, "the program failed"
        assert rest == b""


def prove(handshake, number):
    city, keyset, key, seed = CITIES[number]
    return session.binding(city, keyset, key, NOW + 3600, handshake.public,
                           seed)


def check_proof(handshake, got, number):
    city, keyset, key, seed = CITIES[number]
    assert session.is_bound(got, city, keyset, key, NOW + 3600,
                            handshake.remote, seed), "no proof"


def content(handshake, i):
    return handshake.hash + struct.pack("<I", i) + b"x" * (i * 37 % 400)


def form(i):
    return 0 if i % 3 == 0 and i > 0 else session.PADDED


def we_respond(path):
    """The program initiates; its requests are answered in random order."""
    program = Program(path, "initiator")
    handshake = Handshake(initiator=False)
    tag, frame = program.take()
    assert tag == 0 and frame[:2] == b"\x01\x01" and len(frame) == 34
    assert handshake.read(frame[2:]) == b""
    session_id = bytes([0x80 | os.urandom(1)[0]]) + os.urandom(15)
    program.send(0, session.second(session_id,
                                   handshake.write(prove(handshake, 1))))
    tag, frame = program.take()
    message, sealed = session.split_third(frame)
    check_proof(handshake, handshake.read(message), 0)
    ours = Session(handshake, session_id)
    requests = [(tag, sealed)]
    requests += [program.take() for _ in range(COUNT - 1)]
    random.shuffle(requests)
    replies = []
    for tag, sealed in requests:
        counter, plain = ours.open(sealed)
        assert tag == counter + 1
        got = session.content_of(plain)
        assert got == content(handshake, counter), "another request"
        assert plain[0] == form(counter)
        replies.append((tag, ours.seal(
            session.body(got + b"!", session.PADDED), request=counter)))
    random.shuffle(replies)
    for tag, sealed in replies:
        program.send(tag, sealed)
    program.end()


def we_initiate(path):
    """The program responds; requests overtake, repeat and are forged."""
    program = Program(path, "responder")
    handshake = Handshake(initiator=True)
    program.send(0, session.first(handshake.write(b"")))
    tag, frame = program.take()
    assert tag == 0 and frame[:2] == b"\x01\x02" and frame[2] & 0x80
    check_proof(handshake, handshake.read(frame[18:]), 1)
    message = handshake.write(prove(handshake, 0))
    ours = Session(handshake, frame[2:18])
    requests = [(i, ours.seal(session.body(content(handshake, i), form(i))))
                for i in range(COUNT)]
    program.send(1, session.third(message, requests[0][1]))
    check_reply(ours, handshake, program.take(), 0)
    rest = requests[1:]
    random.shuffle(rest)
    for i, sealed in rest:
        forged = bytearray(sealed)
        forged[random.randrange(24, len(forged))] ^= 1 << random.randrange(8)
        program.send(i + 1, bytes(forged))
        assert program.take() == (i + 1, session.refusal(session.FORGED))
        program.send(i + 1, sealed)
        check_reply(ours, handshake, program.take(), i)
        program.send(i + 1, sealed)
        assert program.take() == (i + 1, session.refusal(session.REPLAYED))
    program.end()


def check_reply(ours, handshake, reply, i):
    tag, sealed = reply
    assert tag == i + 1
    _, plain = ours.open(sealed, request=i)
    assert session.content_of(plain) == content(handshake, i) + b"!"
    assert plain[0] == (0 if i % 3 == 0 else session.PADDED)


def main():
    seed = int(os.environ.get("C2C_PROP_SEED", random.randrange(1 << 32)))
    print(f"C2C_PROP_SEED={seed}")
    random.seed(seed)
    we_respond(sys.argv[1])
    we_initiate(sys.argv[1])


main()
