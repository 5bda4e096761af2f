"""OpenLDAP's slapd with the same records, and as much LDAP as it takes.

A provider with the overlay syncprov and a consumer with syncrepl
(refreshAndPersist); indexes for equality on five attributes, for substrings on
the title.  An entry holds what the record holds, the body as JSON.
"""
import json
import os
import shutil
import socket
import subprocess

import measure

PROGRAM = shutil.which("slapd", path=f"{os.environ['PATH']}:/usr/sbin")
BASE, ADMIN, PASSWORD = "o=fed", "cn=admin,o=fed", "secret"
SCHEMA = "".join(
    f"attributetype ( 1.3.6.1.4.1.4203.666.11.99.1.{i} NAME '{name}' {rules} "
    f"SYNTAX 1.3.6.1.4.1.1466.115.121.1.{syntax} )\n"
    for i, (name, rules, syntax) in enumerate([
        ("frUid", "EQUALITY caseIgnoreMatch", "15 SINGLE-VALUE"),
        ("frKind", "EQUALITY caseIgnoreMatch", "15 SINGLE-VALUE"),
        ("frCity", "EQUALITY caseIgnoreMatch", "15 SINGLE-VALUE"),
        ("frTag", "EQUALITY caseIgnoreMatch", "15"),
        ("frTitle", "EQUALITY caseIgnoreMatch SUBSTR "
                    "caseIgnoreSubstringsMatch", "15 SINGLE-VALUE"),
        ("frBody", "EQUALITY octetStringMatch", "40 SINGLE-VALUE")], 1)) + \
    "objectclass ( 1.3.6.1.4.1.4203.666.11.99.2.1 NAME 'frRecord' SUP top " \
    "STRUCTURAL MUST ( frUid $ frKind $ frCity ) " \
    "MAY ( frTag $ frTitle $ frBody ) )\n"


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(size)]) + size + body


def text(value, tag=0x04):
    return tlv(tag, value.encode())


def number(value, tag=0x02):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def equal(attribute, value):
    return tlv(0xA3, text(attribute), text(value))


def holding(attribute, value):
    return tlv(0xA4, text(attribute), tlv(0x30, text(value, 0x81)))


ANYTHING = text("objectClass", 0x87)


class Connection:
    BOUND, DONE, MODIFIED, ADDED, ENTRY = 0x61, 0x65, 0x67, 0x69, 0x64
    NO_SUCH_OBJECT, SIZE_LIMIT = 32, 4

    def __init__(self, port, dn="", password=""):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.tag = 0
        self.send(tlv(0x60, number(3), text(dn), text(password, 0x80)))
        self.receive()

    def send(self, operation):
        self.tag += 1
        self.socket.sendall(tlv(0x30, number(self.tag), operation))

    def length(self):
        n = self.file.read(1)[0]
        return n if n < 128 else int.from_bytes(self.file.read(n & 127), "big")

    def message(self):
        """(kind, body) of the next message."""
        self.file.read(1)
        body = self.file.read(self.length())
        at = 2 + body[1]  # Behind the message's number.
        start = at + 2 if body[at + 1] < 128 else at + 2 + (body[at + 1] & 127)
        return body[at], body[start:]

    def receive(self):
        """The result's code, and the entries before it."""
        entries = []
        while True:
            kind, body = self.message()
            if kind != self.ENTRY:
                return body[2], entries
            entries.append(body)

    def search(self, found, dn=BASE, subtree=True, limit=0, attributes=()):
        self.send(tlv(0x63, text(dn), number(2 if subtree else 0, 0x0A),
                      number(0, 0x0A), number(limit), number(0),
                      tlv(0x01, b"\0"), found,
                      tlv(0x30, *[text(each) for each in attributes])))
        code, entries = self.receive()
        if code not in (0, self.SIZE_LIMIT, self.NO_SUCH_OBJECT):
            raise SystemExit(f"slapd refuses a search: {code}")
        return entries

    def add(self, dn, attributes):
        self.send(tlv(0x68, text(dn), tlv(0x30, *[
            tlv(0x30, text(name), tlv(0x31, *[text(v) for v in values]))
            for name, values in attributes])))
        self.expect_good()

    def replace(self, dn, attributes):
        self.send(tlv(0x66, text(dn), tlv(0x30, *[
            tlv(0x30, number(2, 0x0A), tlv(0x30, text(name), tlv(
                0x31, *[text(v) for v in values])))
            for name, values in attributes])))
        self.expect_good()

    def expect_good(self):
        code, _ = self.receive()
        if code != 0:
            raise SystemExit(f"slapd refuses a change: {code}")

    def close(self):
        self.file.close()
        self.socket.close()


def dn_of(city, record):
    return f"frUid={city}-{record['slug']},{BASE}"


def entry(city, record):
    body = dict(record["body"])
    title = body.pop("title", None) or body.pop("name", None) or \
        body["post"]["title"]
    topics = body.pop("topics", None) or body.get("areas", {}).get("topics")
    return [("objectClass", ["frRecord"]),
            ("frUid", [f"{city}-{record['slug']}"]),
            ("frKind", [record["type"]]), ("frCity", [city]),
            ("frTag", topics or ["none"]), ("frTitle", [title["en"]]),
            ("frBody", [json.dumps(body, separators=(",", ":"))])]


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    def __init__(self, folder, provider_port=None):
        folder.mkdir()
        (folder / "db").mkdir()
        self.folder, self.process, self.port = folder, None, free_port()
        self.provider_port = provider_port
        self.configure(durable=False)

    def configure(self, durable):
        provider = f"""syncrepl rid=001 provider=ldap://127.0.0.1:{self.provider_port}
  type=refreshAndPersist searchbase={BASE} bindmethod=simple
  binddn={ADMIN} credentials={PASSWORD} retry="1 +"
""" if self.provider_port else """overlay syncprov
syncprov-sessionlog 50000
"""
        (self.folder / "slapd.conf").write_text(
            f"""include /etc/ldap/schema/core.schema
{SCHEMA}pidfile {self.folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
loglevel none
sizelimit unlimited
serverID {2 if self.provider_port else 1}
database mdb
maxsize 8589934592
suffix {BASE}
rootdn {ADMIN}
rootpw {PASSWORD}
directory {self.folder}/db
{"" if durable else "dbnosync"}
index objectClass,entryCSN,entryUUID eq
index frUid,frKind,frCity,frTag eq
index frTitle eq,sub
{provider}""")

    def load(self, entries):
        """Before it is started: (dn, attributes) of all."""
        ldif = self.folder / "all.ldif"
        with open(ldif, "w", encoding="utf-8") as file:
            file.write(f"dn: {BASE}\nobjectClass: organization\no: fed\n\n")
            for dn, attributes in entries:
                file.write(f"dn: {dn}\n" + "".join(
                    f"{name}: {value}\n" for name, values in attributes
                    for value in values) + "\n")
        subprocess.run(["/usr/sbin/slapadd", "-q", "-w", "-S", "1", "-f",
                        self.folder / "slapd.conf", "-l", ldif], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ldif.unlink()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "-d", "0", "-h", f"ldap://127.0.0.1:{self.port}",
             "-f", self.folder / "slapd.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return measure.until(self.answers, self.process, 0.001)

    def answers(self):
        try:
            Connection(self.port).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process:
            measure.stop(self.process)
            self.process = None

    def admin(self):
        return Connection(self.port, ADMIN, PASSWORD)

    def state(self):
        connection = Connection(self.port)
        found = connection.search(ANYTHING, subtree=False,
                                  attributes=["contextCSN"])
        connection.close()
        return found if found and b"contextCSN" in found[0] else None
