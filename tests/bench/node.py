"""A city's or a hub's folder, its c2cd and one connection to it."""
import json
import os
import socket
import struct
import subprocess
import time

import msgpack

import measure

HELLO = b"\0SP\0" + struct.pack(">HH", 0x30, 0)  # REQ over IPC.


def canonical(value):
    """Maps in the order of their keys' bytes."""
    if isinstance(value, dict):
        return {key: canonical(value[key])
                for key in sorted(value, key=str.encode)}
    if isinstance(value, list):
        return [canonical(each) for each in value]
    return value


def request(name, args=None):
    return msgpack.packb(canonical([1, name, args or {}]))


class Connection:
    """Requests of the control socket, several at a time if wanted."""

    def __init__(self, folder):
        self.socket = socket.socket(socket.AF_UNIX)
        handle = os.open(folder / "run", os.O_RDONLY)
        try:  # A folder's descriptor makes any path short enough.
            self.socket.connect(f"/proc/self/fd/{handle}/control.sock")
        finally:
            os.close(handle)
        self.socket.sendall(HELLO)
        self.file = self.socket.makefile("rb")
        self.file.read(len(HELLO))
        self.tag = 0

    def send(self, packed):
        self.tag += 1
        self.socket.sendall(
            struct.pack(">BQI", 1, len(packed) + 4, 1 << 31 | self.tag) +
            packed)

    def receive(self):
        """The code and the document of any reply."""
        _, size = struct.unpack(">BQ", self.file.read(9))
        return msgpack.unpackb(self.file.read(size)[4:])[1:]

    def packed(self, packed):
        self.send(packed)
        return self.receive()

    def ask(self, name, args=None):
        """The document; an error ends the benchmark."""
        code, document = self.packed(request(name, args))
        if code != 0:
            raise SystemExit(f"{name}: {document}")
        return document

    def at_once(self, requests, window):
        """Answer all, @window of them under way at a time."""
        under_way = 0
        for packed in requests:
            if under_way == window:
                self.expect_good()
                under_way -= 1
            self.send(packed)
            under_way += 1
        for _ in range(under_way):
            self.expect_good()

    def expect_good(self):
        code, document = self.receive()
        if code != 0:
            raise SystemExit(f"refused: {document}")

    def close(self):
        self.file.close()
        self.socket.close()


class Node:
    def __init__(self, programs, folder, name, country, *options):
        self.programs, self.folder, self.process = programs, folder, None
        self.id = self.run("init", "--name", name, "--country", country,
                           *options).strip()

    def run(self, *args):
        done = subprocess.run(
            [self.programs / "c2c", "-C", self.folder, *args],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"c2c {args} failed: {done.stderr}")
        return done.stdout

    def configure(self, line):
        with open(self.folder / "c2cd.conf", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def start(self):
        """Seconds until it answers."""
        start = time.perf_counter()
        with open(f"{self.folder}.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "c2cd", "-C", self.folder],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        measure.until(self.answers, self.process, 0.001)
        return time.perf_counter() - start

    def answers(self):
        try:
            Connection(self.folder).close()
            return True
        except OSError:
            return False

    def connect(self):
        return Connection(self.folder)

    def stop(self):
        if self.process:
            measure.stop(self.process)
            self.process = None

    def states(self):
        """(city, epoch, rev, roots) of all that it shows."""
        connection = self.connect()
        status = connection.ask("status")
        connection.close()
        return {(city["city"], city["epoch"], city["rev"],
                 json.dumps(city["roots"].get("public")))
                for city in status["cities"]}

    def hub_has_ours(self):
        connection = self.connect()
        peers = connection.ask("status")["peers"]
        connection.close()
        return bool(peers) and peers[0]["state"] == "current"
