#!/usr/bin/env python3
"""A relay on the loopback that stands between two programs and, told so, does
to what passes what networks and attackers do.

    relay.py TARGET            forwards to TARGET (host:port)

It listens on a free port of 127.0.0.1, prints "port N", and obeys the commands
on its standard input, one a line; each is answered with one line, "ok" or
"error: ...".  It ends with its standard input.  DIR is "up" (towards TARGET),
"down" or "both".

    flip DIR N       change one bit in the Nth byte from now (0: the next)
    drop DIR N       leave out the next N bytes
    cut              close all connections; new ones are taken
    refuse on|off    close new connections at once
    stall DIR on|off read nothing more (a slow or dead reader) until "off"
    hold DIR N       as stall, once N more bytes have gone on; "stall DIR off"
                     ends or forgets it
    delay DIR MS     hand everything on that much later; 0: at once
    storm SEED FLIP CUT
                     from now on, both ways: hand on small pieces of any size,
                     each a little later, change one bit in every FLIP bytes
                     or so and cut a connection after every CUT bytes or so
                     (0: never).  The seed decides where, counted in bytes
    calm             end of the storm
    damage           "ok FLIPS CUTS": what storms have done since the beginning
    target HOST:PORT forward connections there from now on
    capture FILE     append what passes, as it came, to FILE.up and FILE.down;
                     "capture off" ends it
    count            "ok CONNECTIONS BYTES-UP BYTES-DOWN" since the beginning
"""
import asyncio
import math
import os
import random
import sys

CHUNK = 65536
STORM_DELAY_S = 0.004  # At most, a piece.
DIRECTIONS = ("up", "down")


class Storm:
    """Where bad weather hits the bytes of one direction."""

    def __init__(self, seed, flip, cut):
        # One each: where bits change does not depend on how bytes came.
        self.rng = {name: random.Random(f"{seed} {name}")
                    for name in ("flip", "cut", "piece")}
        self.means = {"flip": flip, "cut": cut}
        self.left = {name: self.gap(name) for name in self.means}

    def gap(self, name):
        mean = self.means[name]
        return (1 + int(self.rng[name].expovariate(1 / mean)) if mean
                else math.inf)

    def size(self):
        """Of the next piece: no more than up to the next cut."""
        rng = self.rng["piece"]
        piece = rng.randint(1, rng.choice((16, 1400)))
        return min(piece, self.left["cut"])

    def wait_s(self):
        return self.rng["piece"].random() * STORM_DELAY_S

    def flip(self, data):
        """Change bits of `data`; how many."""
        flips = 0
        at = -1
        while at + self.left["flip"] < len(data):
            at += self.left["flip"]
            data[at] ^= 1 << self.rng["flip"].randrange(8)
            self.left["flip"] = self.gap("flip")
            flips += 1
        self.left["flip"] -= len(data) - 1 - at
        return flips

    def cuts(self, size):
        """Is the connection cut after these `size` bytes?"""
        self.left["cut"] -= size
        if self.left["cut"] > 0:
            return False
        self.left["cut"] = self.gap("cut")
        return True


class Way:
    """What happens to bytes of one direction."""

    def __init__(self):
        self.flip_at = []  # Bytes from now.
        self.drop = 0
        self.hold = math.inf  # Bytes until it stalls.
        self.storm = None
        self.flips = 0
        self.cuts = 0
        self.delay_s = 0.0
        self.count = 0
        self.file = None
        self.open = asyncio.Event()  # Cleared: stalled.
        self.open.set()

    def size(self, n):
        """How many of `n` bytes go on as one piece."""
        return min(n, self.hold, self.storm.size() if self.storm else n)

    def wait_s(self):
        return self.delay_s + (self.storm.wait_s() if self.storm else 0)

    def cut_after(self, n):
        """`n` bytes have gone on: is the connection cut now?"""
        self.hold -= n
        if self.hold == 0:
            self.open.clear()
            self.hold = math.inf
        cut = self.storm is not None and self.storm.cuts(n)
        self.cuts += cut
        return cut

    def change(self, data):
        """`data` as it goes on; what was counted moves with it."""
        self.count += len(data)
        if self.file:
            self.file.write(data)
            self.file.flush()
        changed = bytearray(data)
        for at in self.flip_at:
            if at < len(data):
                changed[at] ^= 1
        self.flip_at = [at - len(data) for at in self.flip_at
                        if at >= len(data)]
        if self.storm:
            self.flips += self.storm.flip(changed)
        dropped = min(self.drop, len(changed))
        self.drop -= dropped
        return bytes(changed[dropped:])

    def capture(self, name):
        if self.file:
            self.file.close()
        self.file = open(name, "ab") if name else None


class Relay:
    def __init__(self, target):
        self.target = address(target)
        self.ways = {name: Way() for name in DIRECTIONS}
        self.writers = set()
        self.refusing = False
        self.connections = 0

    async def connected(self, reader, writer):
        if self.refusing:
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        self.connections += 1
        self.writers |= {writer, far_writer}
        await asyncio.gather(
            self.forward(self.ways["up"], reader, far_writer, writer),
            self.forward(self.ways["down"], far_reader, writer, far_writer))
        self.writers -= {writer, far_writer}

    async def forward(self, way, reader, writer, back):
        """Until either side ends; then the other end is told.  `back` writes
        to where `reader` reads from."""
        queue = asyncio.Queue(maxsize=64)
        sending = asyncio.create_task(self.send(queue, writer))
        loop = asyncio.get_running_loop()
        try:
            while not writer.is_closing():
                await way.open.wait()
                data = await reader.read(CHUNK)
                if not data:
                    break
                while data:
                    await way.open.wait()
                    n = way.size(len(data))
                    await queue.put((loop.time() + way.wait_s(),
                                     way.change(data[:n])))
                    data = data[n:]
                    if way.cut_after(n):
                        writer.transport.abort()
                        back.transport.abort()
                        break
        except OSError:
            pass
        await queue.put((0, None))
        await sending

    async def send(self, queue, writer):
        loop = asyncio.get_running_loop()
        data = b""
        while data is not None:
            due, data = await queue.get()
            if data and not writer.is_closing():
                await moment(loop, due)
                try:
                    writer.write(data)
                    await writer.drain()
                except OSError:
                    writer.close()
        writer.close()

    def some(self, direction):
        if direction != "both" and direction not in self.ways:
            raise ValueError(f"no direction is called {direction}")
        return [self.ways[name] for name in DIRECTIONS
                if direction in (name, "both")]

    # Commands: the words after the name are the parameters.

    def do_flip(self, direction, at):
        for way in self.some(direction):
            way.flip_at.append(number(at))

    def do_drop(self, direction, n):
        for way in self.some(direction):
            way.drop += number(n)

    def do_cut(self):
        for writer in list(self.writers):
            writer.transport.abort()

    def do_refuse(self, state):
        self.refusing = on(state)

    def do_stall(self, direction, state):
        for way in self.some(direction):
            (way.open.clear if on(state) else way.open.set)()
            way.hold = math.inf

    def do_hold(self, direction, n):
        for way in self.some(direction):
            way.hold = number(n) or 1

    def do_storm(self, seed, flip, cut):
        for direction, way in self.ways.items():
            way.storm = Storm(f"{seed} {direction}", number(flip), number(cut))

    def do_calm(self):
        for way in self.ways.values():
            way.storm = None

    def do_damage(self):
        ways = self.ways.values()
        return f"ok {sum(w.flips for w in ways)} {sum(w.cuts for w in ways)}"

    def do_target(self, where):
        self.target = address(where)

    def do_delay(self, direction, ms):
        for way in self.some(direction):
            way.delay_s = number(ms) / 1000

    def do_capture(self, name):
        for direction, way in self.ways.items():
            way.capture(None if name == "off" else f"{name}.{direction}")

    def do_count(self):
        counts = [self.ways[name].count for name in DIRECTIONS]
        return f"ok {self.connections} {counts[0]} {counts[1]}"

    def obey(self, line):
        """The answer to a command."""
        words = line.split()
        command = getattr(self, "do_" + words[0], None) if words else None
        if command is None:
            return f"error: no such command: {line.strip()}"
        try:
            return command(*words[1:]) or "ok"
        except (TypeError, ValueError, OSError) as error:
            return f"error: {error}"


async def moment(loop, due):
    if due > loop.time():
        reached = loop.create_future()
        loop.call_at(due, reached.set_result, None)
        await reached


def number(text):
    value = int(text)
    if value < 0:
        raise ValueError(f"{text} is negative")
    return value


def address(text):
    host, colon, port = text.rpartition(":")
    if not host or not colon:
        raise ValueError(f"{text} is no HOST:PORT")
    return host, number(port)


def on(text):
    if text not in ("on", "off"):
        raise ValueError(f"{text} is neither on nor off")
    return text == "on"


async def main(target):
    relay = Relay(target)
    server = await asyncio.start_server(relay.connected, "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        print(relay.obey(line.decode()), flush=True)
    os._exit(0)  # Connections end with the process.


if __name__ == "__main__":
    if len(sys.argv) != 2 or ":" not in sys.argv[1]:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1]))
