"""Speaks to a control socket with bare frames, well and badly.

SP over IPC as NNG has it: both sides say \\0 S P \\0 and their protocol;
then every message is the byte 1, its length in 8 bytes and its bytes.  A
request begins with 4 bytes that its reply repeats; see src/wire/control.h for
the rest.
"""
import os
import random
import re
import signal
import socket
import sqlite3
import struct
import sys
import threading

HELLO = b"\0SP\0" + struct.pack(">HH", 0x30, 0)  # REQ
ID = struct.pack(">I", 0x80000001)
DEADLINE_S = 60


def pack(value):
    """MessagePack, shortest forms."""
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        if 0 <= value < 128:
            return bytes([value])
        if 0 <= value < 256:
            return struct.pack(">BB", 0xCC, value)
        if 0 <= value < 65536:
            return struct.pack(">BH", 0xCD, value)
        return struct.pack(">BI", 0xCE, value)
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogateescape")
        if len(raw) < 32:
            return bytes([0xA0 | len(raw)]) + raw
        if len(raw) < 256:
            return struct.pack(">BB", 0xD9, len(raw)) + raw
        if len(raw) < 65536:
            return struct.pack(">BH", 0xDA, len(raw)) + raw
        return struct.pack(">BI", 0xDB, len(raw)) + raw
    if isinstance(value, list):
        head = (bytes([0x90 | len(value)]) if len(value) < 16 else
                struct.pack(">BH", 0xDC, len(value)))
        return head + b"".join(pack(v) for v in value)
    if isinstance(value, dict):
        head = (bytes([0x80 | len(value)]) if len(value) < 16 else
                struct.pack(">BH", 0xDE, len(value)))
        return head + b"".join(pack(k) + pack(value[k]) for k in
                               sorted(value, key=lambda k: k.encode()))
    raise TypeError(value)


def request(name, args=None):
    return pack([1, name, args or {}])


def frame(payload, claimed=None):
    n = len(payload) if claimed is None else claimed
    return b"\x01" + struct.pack(">Q", n) + payload


class Wire:
    """One connection; a folder's descriptor makes any path short enough."""

    def __init__(self, node, hello=HELLO):
        self.sock = socket.socket(socket.AF_UNIX)
        folder = os.open(os.path.join(node, "run"), os.O_RDONLY)
        self.sock.connect("/proc/self/fd/%d/control.sock" % folder)
        self.sock.settimeout(DEADLINE_S)
        os.close(folder)
        self.sock.sendall(hello)

    def send(self, data):
        self.sock.sendall(data)

    def exactly(self, n):
        data = b""
        while len(data) < n:
            piece = self.sock.recv(n - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def reply(self):
        """The code of the next reply, and its bytes."""
        kind, n = struct.unpack(">BQ", self.exactly(9))
        assert kind == 1 and n < 1 << 26, (kind, n)
        body = self.exactly(n)
        assert body[:3] == ID[:3], body[:4]
        self.last = body[3]
        assert body[4:6] == b"\x93\x01", body[:8]  # [version, code, document]
        return body[6], body[6:]

    def ask(self, name, args=None):
        self.send(frame(ID + request(name, args)))
        return self.reply()

    def start(self):
        """Read the other side's greeting."""
        assert self.exactly(8) == b"\0SP\0" + struct.pack(">HH", 0x31, 0)
        return self

    def close(self):
        self.sock.close()


def try_all(wire, data):
    """Send what may be refused half way; see whether anything comes."""
    try:
        wire.send(data)
        wire.sock.shutdown(socket.SHUT_WR)
        while wire.sock.recv(65536):
            pass
    except OSError:
        pass  # Hung up on us: as good as an answer.
    wire.close()


def ping(node):
    wire = Wire(node).start()
    code, _ = wire.ask("status")
    assert code == 0, code
    wire.close()


def memory_kb(pid, what):
    with open("/proc/%s/status" % pid) as status:
        for line in status:
            if line.startswith(what + ":"):
                return int(line.split()[1])
    raise SystemExit("the node has ended")


def needs_less(pid, what, limit_mb):
    used = memory_kb(pid, what)
    with open("/proc/%s/maps" % pid) as maps:
        sanitized = re.search("lib[at]san", maps.read())  # Shadows memory.
    assert sanitized or used < limit_mb * 1024, "%d KiB" % used


def hang_up(node):
    """Connections that are gone before they are greeted."""
    for _ in range(200):
        Wire(node, b"").close()
    ping(node)


def noise(node, seed):
    """Random bytes: before the greeting, as frames, as requests."""
    rng = random.Random(seed)
    for _ in range(120):
        junk = rng.randbytes(rng.randrange(1, 400))
        way = rng.randrange(4)
        if way == 0:
            try_all(Wire(node, b""), junk)
        elif way == 1:
            try_all(Wire(node), junk)
        elif way == 2:
            try_all(Wire(node), frame(junk))
        else:
            wire = Wire(node).start()
            wire.send(frame(ID + junk))
            code, _ = wire.reply()
            assert code != 0
            wire.close()
    ping(node)


def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(data))
        way = rng.randrange(4)
        if way == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            data[at] = rng.choice([0, 0x7F, 0x80, 0x8F, 0xC0, 0xDF, 0xFF])
        elif way == 2:
            del data[at:at + rng.randrange(1, 9)]
        else:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        if not data:
            data = bytearray(b"\x93")
    return bytes(data)


SAMPLES = [
    ("put", {"records": [{"type": "office", "slug": "fuzz", "body": {
        "name": {"en": "Fuzz"}, "scope": {"purposes": ["sister-city"]}}}],
        "dry_run": True}),
    ("remove", {"refs": ["office/none"], "dry_run": True}),
    ("confirm", {"refs": ["office/none"]}),
    ("show", {"ref": "office/none"}),
    ("list", {"type": "office", "limit": 10, "where": {"topic": "waste"}}),
    ("log", {"limit": 3, "cursor": "1"}),
    ("who", {"city": "jambi", "for": "sister-city"}),
    ("find", {"words": "\"a b\" c* OR NEAR(", "limit": 5, "fresh": True,
              "near": "1,2,3", "sdg": 11}),
    ("verify", {"ref": "city/jambi"}),
    ("key", {}),
    ("doctor", {}),
]


def requests(node, seed):
    """Every request, changed at random; every one must be answered."""
    rng = random.Random(seed)
    wire = Wire(node).start()
    for _ in range(600):
        name, args = rng.choice(SAMPLES)
        wire.send(frame(ID + mutate(rng, request(name, args))))
        wire.reply()
    wire.close()
    ping(node)


KINDS = [True, 0, 4294967295, "", "x" * 70000, "\udcff\udcfe", [], [[]], {},
         {"": ""}, ["office/a"] * 1000, "../../etc/passwd", "a\0b", "%s%n"]


def kinds(node):
    """Every argument of every request with a value of a wrong kind."""
    wire = Wire(node).start()
    names = {key for _, args in SAMPLES for key in args} | {"lang", "type",
                                                            "city", "country"}
    for name, args in SAMPLES:
        for key in sorted(names):
            for value in KINDS:
                wire.ask(name, {**args, **{key: value}})
    for value in KINDS:
        wire.ask("put", {"records": [{"type": "office", "body": value}]})
        wire.ask("put", {"records": [value]})
    wire.close()
    ping(node)


def truncated(node):
    """A request cut at every byte, the connection closed or left open."""
    whole = frame(ID + request(*SAMPLES[0]))
    open_ones = []
    for n in range(len(whole)):
        wire = Wire(node)
        wire.send(whole[:n])
        if n % 2:
            wire.close()
        else:
            open_ones.append(wire)
    ping(node)
    for wire in open_ones:
        wire.close()


def oversize(node, pid):
    """Lengths that are not sent, and one byte more than is allowed."""
    open_ones = []
    for claimed in (1 << 26, (1 << 26) + 1, 1 << 31, 1 << 40, (1 << 64) - 1):
        for _ in range(20):
            wire = Wire(node)
            wire.send(frame(b"", claimed))
            open_ones.append(wire)
    ping(node)
    needs_less(pid, "VmRSS", 400)
    for wire in open_ones:
        wire.close()
    ping(node)


def lean(node, pid):
    """At no time more memory than a node needs that holds little."""
    ping(node)
    needs_less(pid, "VmHWM", 64)


def abandon(node):
    """Have a copy made for a backup and do not come for it."""
    wire = Wire(node).start()
    code, _ = wire.ask("backup")
    assert code == 0, code
    wire.close()


def slow(node):
    """Many who send a little and wait: the others are served meanwhile."""
    half = [Wire(node, b"") for _ in range(50)]
    begun = [Wire(node) for _ in range(50)]
    whole = frame(ID + request("status"))
    for wire in begun:
        wire.send(whole[:len(whole) // 2])
    ping(node)
    for wire in half:
        wire.send(HELLO)
    ping(node)
    for wire in begun:
        wire.send(whole[len(whole) // 2:])
        wire.start()
        assert wire.reply()[0] == 0
    for wire in half:
        wire.start()
        assert wire.ask("status")[0] == 0


def full(node):
    """More connections than the node has descriptors for."""
    open_ones = [Wire(node) for _ in range(120)]
    for wire in open_ones:
        wire.close()
    ping(node)


def greedy(node):
    """Asks a lot and never reads; the others are served meanwhile."""
    wire = Wire(node).start()
    wire.sock.settimeout(0.2)
    try:
        for turn in range(3000):
            wire.send(frame(ID + request("doctor" if turn % 2 else "status")))
    except OSError:
        pass  # The node stops reading: that is its right.
    while True:
        other = Wire(node).start()
        code, _ = other.ask("status")
        other.close()
        if code == 0:
            break
        assert code == 33, code  # BUSY: told at once.
    wire.close()
    ping(node)


def stop(node, pid, log, signals):
    """TERM while a put is under way, which waits for a lock held here.

    After one signal it is answered; after two the process ends at once.
    """
    lock = sqlite3.connect(os.path.join(node, "store.db"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    wire = Wire(node).start()
    # So many that the answer is larger than what the system buffers.
    args = {"records": [{"type": "office", "slug": "last%d" % i,
                         "body": {"name": {"en": "Last"}}}
                        for i in range(5000)]}
    wire.send(frame(ID + request("put", args)))
    # Asked after it on the same connection and answered: so that has been read.
    wire.send(frame(ID[:3] + b"\x02" + request("status")))
    code, _ = wire.reply()
    assert code == 0 and wire.last == 2, (code, wire.last)
    os.kill(int(pid), signal.SIGTERM)
    await_text(log, "stopping")
    if int(signals) == 2:
        os.kill(int(pid), signal.SIGTERM)
        try:
            wire.reply()
        except (EOFError, ConnectionError):
            return
        raise SystemExit("answered, though it was to end at once")
    lock.execute("ROLLBACK")
    code, _ = wire.reply()
    assert code == 0 and wire.last == 1, (code, wire.last)
    wire.close()


def await_text(path, text):
    for _ in range(50 * DEADLINE_S):
        with open(path) as file:
            if text in file.read():
                return
        threading.Event().wait(0.02)
    raise SystemExit("%s never said %s" % (path, text))


def crowd(node, clients, rounds):
    """Every one of many clients gets an answer to everything it asks."""
    failed = []

    def one(number):
        try:
            wire = Wire(node).start()
            for turn in range(int(rounds)):
                name, args = [("status", {}), ("list", {"type": "office"}),
                              ("find", {"words": "office"})][turn % 3]
                code, _ = wire.ask(name, args)
                assert code in (0, 33), code  # 33: BUSY, told at once.
            wire.close()
        except Exception as why:  # pylint: disable=broad-except
            failed.append("client %d: %r" % (number, why))

    threads = [threading.Thread(target=one, args=(i,))
               for i in range(int(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit("%d failed: %s" % (len(failed), failed[0]))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
