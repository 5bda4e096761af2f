"""The session layer of PROTOCOL, written a second time, on python3-dissononce.

It shares no code with the program: peer.py talks to the program with it, and
vectors.py makes proto/vectors/session.json with it."""
import hashlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from dissononce.cipher.chachapoly import ChaChaPolyCipher
from dissononce.dh.x25519.x25519 import PrivateKey, X25519DH
from dissononce.extras.dh.dangerous.dh_nogen import NoGenDH
from dissononce.hash.blake2b import Blake2bHash
from dissononce.processing.handshakepatterns.interactive.XX import \
    XXHandshakePattern
from dissononce.processing.impl.cipherstate import CipherState
from dissononce.processing.impl.handshakestate import HandshakeState
from dissononce.processing.impl.symmetricstate import SymmetricState

PROLOGUE = b"c2c sync 1"
VERSION = 1
FIRST, SECOND, THIRD, REFUSAL = 1, 2, 3, 4
FORGED, REPLAYED = 36, 37
ZSTD, PADDED = 1, 2


def u64(number):
    return struct.pack("<Q", number)


class Handshake:
    """One side; @ephemeral only for vectors."""

    def __init__(self, initiator, static=None, ephemeral=None):
        dh = X25519DH()
        key = dh.generate_keypair(PrivateKey(static) if static else None)
        self.public = key.public.data
        self.initiator = initiator
        if ephemeral is not None:
            dh = NoGenDH(dh, PrivateKey(ephemeral))
        self.state = HandshakeState(
            SymmetricState(CipherState(ChaChaPolyCipher()), Blake2bHash()), dh)
        self.state.initialize(XXHandshakePattern(), initiator, PROLOGUE, s=key)
        self.ciphers = None

    def write(self, payload):
        out = bytearray()
        self.ciphers = self.state.write_message(payload, out)
        return bytes(out)

    def read(self, message):
        out = bytearray()
        self.ciphers = self.state.read_message(message, out)
        return bytes(out)

    @property
    def remote(self):
        return self.state.rs.data

    @property
    def hash(self):
        return self.state.symmetricstate.get_handshake_hash()


class Session:
    """What follows a handshake: sealed messages with explicit counters."""

    def __init__(self, handshake, session_id):
        ours, theirs = handshake.ciphers
        if not handshake.initiator:
            ours, theirs = theirs, ours
        self.send, self.receive = ours, theirs
        self.id = session_id
        self.next = 0

    def seal(self, plain, request=None):
        counter = self.next
        self.next += 1
        header = self.id + u64(counter)
        ad = header + (b"" if request is None else u64(request))
        self.send.set_nonce(counter)
        return header + self.send.encrypt_with_ad(ad, plain)

    def open(self, sealed, request=None):
        """The counter and what is inside."""
        header = sealed[:24]
        assert header[:16] == self.id, "another session"
        counter = struct.unpack("<Q", header[16:])[0]
        ad = header + (b"" if request is None else u64(request))
        self.receive.set_nonce(counter)
        return counter, self.receive.decrypt_with_ad(ad, sealed[24:])


# Bodies.

def body(content, form=0):
    """@content is compressed already if @form says so."""
    if not form & PADDED:
        return bytes([form]) + content
    whole = bytes([form]) + struct.pack("<I", len(content)) + content
    return whole + b"\0" * (-len(whole) % 256)


def content_of(plain):
    form = plain[0]
    assert form & ~PADDED == 0, "compressed"
    if not form & PADDED:
        return plain[1:]
    size = struct.unpack("<I", plain[1:5])[0]
    assert len(plain) % 256 == 0 and len(plain) - 5 - size < 256
    assert plain[5 + size:].strip(b"\0") == b""
    return plain[5:5 + size]


def zstd_run(byte, count):
    """A zstd frame (RFC 8878) of one RLE block: @byte, @count times."""
    assert 256 <= count < 65536 + 256
    single_segment, two_bytes_of_size, last, rle = 0x20, 0x40, 1, 1 << 1
    return (bytes.fromhex("28b52ffd")
            + bytes([single_segment | two_bytes_of_size])
            + struct.pack("<H", count - 256)
            + struct.pack("<I", last | rle | count << 3)[:3] + byte)


# Frames.

def first(message):
    return bytes([VERSION, FIRST]) + message


def second(session_id, message):
    return bytes([VERSION, SECOND]) + session_id + message


def third(message, sealed):
    return (bytes([VERSION, THIRD]) + struct.pack("<H", len(message)) + message
            + sealed)


def refusal(code):
    return bytes([VERSION, REFUSAL]) + struct.pack("<H", code)


def split_third(frame):
    assert frame[:2] == bytes([VERSION, THIRD])
    size = struct.unpack("<H", frame[2:4])[0]
    return frame[4:4 + size], frame[4 + size:]


# Identity proofs.

def _bin(data):
    return bytes([0xc4, len(data)]) + data


def _uint(number):
    if number < 128:
        return bytes([number])
    assert 65536 <= number < 1 << 32
    return b"\xce" + struct.pack(">I", number)


def _binding(city, keyset, key, expires, last):
    return (b"\x96\x01" + _bin(city) + _bin(keyset) + _uint(key)
            + _uint(expires) + _bin(last))


def _to_sign(city, keyset, key, expires, node):
    return hashlib.blake2b(_binding(city, keyset, key, expires, node),
                           digest_size=32, person=b"c2c binding").digest()


def binding(city, keyset, key, expires, node, seed):
    signer = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    signature = signer.sign(_to_sign(city, keyset, key, expires, node))
    return _binding(city, keyset, key, expires, signature)


def public_of(seed):
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key() \
        .public_bytes(serialization.Encoding.Raw,
                      serialization.PublicFormat.Raw)


def is_bound(got, city, keyset, key, expires, node, seed):
    """Is @got such a proof, by the key of @seed?"""
    public = ed25519.Ed25519PublicKey.from_public_bytes(public_of(seed))
    signature = got[-64:]
    if got != _binding(city, keyset, key, expires, signature):
        return False
    try:
        public.verify(signature, _to_sign(city, keyset, key, expires, node))
    except InvalidSignature:
        return False
    return True
