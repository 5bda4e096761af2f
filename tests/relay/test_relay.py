#!/usr/bin/env python3
"""The relay does what it says, with an echo server behind it."""
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

RELAY = pathlib.Path(__file__).with_name("relay.py")
PATIENCE_S = 20


def echo(server):
    def serve(connection):
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                pass

    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


class RelayTest(unittest.TestCase):
    def setUp(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=echo, args=(self.server,), daemon=True).start()
        port = self.server.getsockname()[1]
        self.relay = subprocess.Popen(
            [sys.executable, RELAY, f"127.0.0.1:{port}"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        word, self.port = self.relay.stdout.readline().split()
        self.assertEqual(word, "port")

    def tearDown(self):
        self.relay.stdin.close()
        self.assertEqual(self.relay.wait(PATIENCE_S), 0)
        self.relay.stdout.close()
        self.server.close()

    def tell(self, command):
        self.relay.stdin.write(command + "\n")
        self.relay.stdin.flush()
        return self.relay.stdout.readline().strip()

    def ok(self, command):
        self.assertEqual(self.tell(command), "ok")

    def dial(self):
        connection = socket.create_connection(("127.0.0.1", int(self.port)))
        connection.settimeout(PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, connection, data, size=None):
        connection.sendall(data)
        got = b""
        while len(got) < (len(data) if size is None else size):
            more = connection.recv(65536)
            if not more:
                break
            got += more
        return got

    def test_it_passes_bytes_as_they_are(self):
        data = bytes(range(256)) * 4000
        connection = self.dial()
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        self.assertEqual(self.exchange(connection, b"", len(data)), data)
        sender.join()
        self.assertEqual(self.tell("count"),
                         f"ok 1 {len(data)} {len(data)}")

    def test_it_flips_one_bit_of_the_byte_that_was_meant(self):
        connection = self.dial()
        self.ok("flip up 12")
        self.assertEqual(self.exchange(connection, b"0123456789"),
                         b"0123456789")
        self.assertEqual(self.exchange(connection, b"0123456789"),
                         b"0133456789")
        self.ok("flip down 0")
        self.assertEqual(self.exchange(connection, b"0123"), b"1123")
        self.assertEqual(self.exchange(connection, b"0123"), b"0123")

    def test_it_drops(self):
        connection = self.dial()
        self.ok("drop down 3")
        self.assertEqual(self.exchange(connection, b"0123456789", 7),
                         b"3456789")
        self.assertEqual(self.exchange(connection, b"0"), b"0")

    def test_it_cuts_and_takes_new_connections(self):
        connection = self.dial()
        self.assertEqual(self.exchange(connection, b"a"), b"a")
        self.ok("cut")
        with self.assertRaises(OSError):
            self.assertEqual(connection.recv(1), b"")
            raise OSError("closed")
        self.assertEqual(self.exchange(self.dial(), b"b"), b"b")

    def test_it_refuses(self):
        self.ok("refuse on")
        try:
            self.assertEqual(self.exchange(self.dial(), b"a"), b"")
        except OSError:
            pass
        self.ok("refuse off")
        self.assertEqual(self.exchange(self.dial(), b"a"), b"a")

    def test_it_stalls(self):
        connection = self.dial()
        self.assertEqual(self.exchange(connection, b"a"), b"a")
        self.ok("stall down on")
        connection.sendall(b"b")
        connection.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        self.ok("stall down off")
        connection.settimeout(PATIENCE_S)
        self.assertEqual(connection.recv(1), b"b")

    def test_it_holds_after_as_many_bytes_as_it_was_told(self):
        connection = self.dial()
        self.ok("hold up 3")
        self.assertEqual(self.exchange(connection, b"01234", 3), b"012")
        connection.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        self.ok("stall up off")
        connection.settimeout(PATIENCE_S)
        self.assertEqual(self.exchange(connection, b"", 2), b"34")

    def damage(self):
        return [int(word) for word in self.tell("damage").split()[1:]]

    def stormy(self, seed, data):
        """`data` after a storm without cuts."""
        self.ok(f"storm {seed} 500 0")
        connection = self.dial()
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        got = self.exchange(connection, b"", len(data))
        sender.join()
        self.ok("calm")
        return got

    def test_a_storm_changes_bits_where_its_seed_says(self):
        data = bytes(10000)
        first = self.stormy(1, data)
        hit = sum(byte != 0 for byte in first)
        self.assertEqual(len(first), len(data))
        self.assertGreater(hit, 10)
        self.assertLess(hit, 100)
        self.assertGreaterEqual(self.damage()[0], hit)
        self.assertEqual(self.damage()[1], 0)
        again = self.stormy(1, data)
        self.assertNotEqual(self.stormy(2, data), first)
        self.assertEqual(again, first)
        self.assertEqual(self.exchange(self.dial(), b"calm"), b"calm")

    def test_a_storm_cuts(self):
        self.ok("storm 1 0 1000")
        for _ in range(3):
            connection = self.dial()
            try:
                while connection.send(bytes(100)) and connection.recv(100):
                    pass
            except OSError:
                pass
        self.assertEqual(self.damage()[0], 0)
        self.assertGreaterEqual(self.damage()[1], 3)

    def test_it_goes_to_another_target(self):
        other = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(other.close)
        self.ok(f"target 127.0.0.1:{other.getsockname()[1]}")
        connection = self.dial()
        connection.sendall(b"a")
        accepted, _ = other.accept()
        self.addCleanup(accepted.close)
        self.assertEqual(accepted.recv(1), b"a")

    def test_it_delays_but_keeps_the_order(self):
        connection = self.dial()
        self.ok("delay up 300")
        start = time.monotonic()
        self.assertEqual(self.exchange(connection, b"ab"), b"ab")
        self.assertGreaterEqual(time.monotonic() - start, 0.3)
        self.ok("delay up 0")
        self.assertEqual(self.exchange(connection, b"cd"), b"cd")

    def test_it_captures_what_came(self):
        with tempfile.TemporaryDirectory() as folder:
            name = f"{folder}/traffic"
            connection = self.dial()
            self.exchange(connection, b"before")
            self.ok(f"capture {name}")
            self.ok("flip up 0")
            self.assertEqual(self.exchange(connection, b"0123"), b"1123")
            self.ok("capture off")
            self.exchange(connection, b"after")
            self.assertEqual(pathlib.Path(name + ".up").read_bytes(), b"0123")
            self.assertEqual(pathlib.Path(name + ".down").read_bytes(),
                             b"1123")

    def test_it_says_what_it_does_not_understand(self):
        for command in ("jump", "flip up", "flip sideways 1", "flip up -1",
                        "stall up maybe", "capture /nowhere/at/all/x",
                        "storm 1 2", "target 80"):
            self.assertTrue(self.tell(command).startswith("error: "), command)


if __name__ == "__main__":
    unittest.main()
