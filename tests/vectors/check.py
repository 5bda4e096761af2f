#!/usr/bin/env python3
"""Check proto/vectors/*.json with an implementation of the protocol that has
nothing in common with src/ (protocol.py), and its encodings and signatures
with msgpack and OpenSSL as well.

check.py FOLDER"""
import json
import pathlib
import sys

import msgpack
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey, Ed25519PublicKey)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import cases
import messages
import protocol as p

HEX = {"city", "root", "key", "nonce", "keyset", "prev", "net", "seed", "hash",
       "blind", "previous", "record", "dir", "held"}
HEX_LISTS = {"parts", "roots", "leaves", "path", "keysets", "seeds"}
checked = 0


def raw(v, name=""):
    """Hexadecimal members as bytes; everything else as it stands."""
    if isinstance(v, dict):
        return {k: x if k in ("body", "map") else raw(x, k)
                for k, x in v.items()}
    if name in HEX_LISTS:
        return [bytes.fromhex(x) for x in v]
    if isinstance(v, list):
        return [raw(x, name) for x in v]
    return bytes.fromhex(v) if name in HEX and isinstance(v, str) else v


def same(vector, what, got, want):
    if isinstance(want, str) and isinstance(got, bytes):
        want = bytes.fromhex(want)
    if got != want:
        sys.exit(f"{vector['name']}: {what} is {want!r}, not {got!r}")


def verdict(vector, fn, *args):
    """The result of fn(*args), whose refusal must be the vector's error."""
    global checked
    checked += 1
    result, error = None, None
    try:
        result = fn(*args)
    except p.Refused as refused:
        error = str(refused)
    same(vector, "error", error, vector.get("error"))
    return result


def encoding(vector, value):
    """The object's bytes are @value's, and msgpack says so too."""
    same(vector, "hex", p.pack(value), vector["hex"])
    same(vector, "hex according to msgpack",
         msgpack.unpackb(bytes.fromhex(vector["hex"])), value)


def check_hash(v):
    i = raw(v["inputs"])
    same(v, "hex", verdict(v, p.digest, i["kind"], *i["parts"]), v["hex"])


def check_sign(v):
    i, signature = raw(v["inputs"]), bytes.fromhex(v["hex"])
    public = bytes.fromhex(v["public"])
    verdict(v, p.verify, public, i["hash"], signature)
    if "error" not in v:
        key = Ed25519PrivateKey.from_private_bytes(i["seed"])
        same(v, "public", key.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw), v["public"])
        same(v, "hex", key.sign(i["hash"]), v["hex"])


def check_merkle(v):
    i = raw(v["inputs"])
    hash_of = cases.sha256 if i["hasher"] == "sha256" else p.tree
    leaves = [hash_of(b"\0" + x) for x in i["leaves"]]
    verdict(v, same, v, "leaf_hashes", [x.hex() for x in leaves],
            v["leaf_hashes"])
    for n, root in enumerate(v["roots"]):
        same(v, f"root of {n}", p.tree_hash(hash_of, leaves[:n]), root)
    for at in v["paths"]:
        path = [bytes.fromhex(x) for x in at["path"]]
        same(v, f"path of {at['index']} in {at['count']}", p.root_of_path(
            hash_of, leaves[at["index"]], at["index"], at["count"], path),
             v["roots"][at["count"]])


def check_record(v):
    got = verdict(v, p.read_record, bytes.fromhex(v["hex"]))
    if got is not None:
        f = raw(v["inputs"])
        same(v, "fields", got, f)
        encoding(v, [1, f["type"], f["key"], f["nonce"], f["slug"],
                     f["created"], f["updated"], f["body"]])
        same(v, "leaf", p.leaf_hash(bytes.fromhex(v["hex"])), v["leaf"])


def check_dir(v):
    i = raw(v["inputs"])
    got = verdict(v, p.read_directory, bytes.fromhex(v["hex"]), i["city"],
                  i["audience"])
    if got is not None:
        same(v, "entries", got, i["entries"])
        encoding(v, [1, i["city"], i["audience"], [
            [e["type"], e["count"], e["bytes"], e["root"]] for e in got]])
        same(v, "root", p.digest("root", bytes.fromhex(v["hex"])), v["root"])
        same(v, "count", sum(e["count"] for e in got), v["count"])
        same(v, "bytes", sum(e["bytes"] for e in got), v["bytes"])


def check_net(v):
    i = raw(v["inputs"])
    encoding(v, [1, i["blind"], i["root"], i["count"], i["bytes"]])
    same(v, "hash", verdict(v, p.digest, "net", bytes.fromhex(v["hex"])),
         v["hash"])


def check_keyset(v):
    before = v["inputs"]["previous_object"]
    previous = p.read_keyset(bytes.fromhex(before), None) if before else None
    got = verdict(v, p.read_keyset, bytes.fromhex(v["hex"]), previous)
    if got is None:
        return
    i, h = raw(v["inputs"]), got["hash"]
    keys = [(bytes.fromhex(key), uses) for key, uses in v["inputs"]["keys"]]
    same(v, "payload", p.payload(**(i | {"keys": keys})), v["payload"])
    same(v, "hash", h, v["hash"])
    signers = [Ed25519PrivateKey.from_private_bytes(s) for s in i["seeds"]]
    signatures = sorted([s.public_key().public_bytes(
        Encoding.Raw, PublicFormat.Raw), s.sign(h)] for s in signers)
    encoding(v, [1, bytes.fromhex(v["payload"]), signatures])


def check_head(v):
    i, head = raw(v["inputs"]), bytes.fromhex(v["hex"])
    if "error" in v:
        _, keyset = p.read_chain(i["keysets"])
        verdict(v, p.verify_head, head, keyset)
        return
    got = verdict(v, p.read_head, head)
    for name in ("city", "keyset", "epoch", "rev", "prev", "public", "net",
                 "time", "expires", "key"):
        same(v, name, got[name], i[name])
    same(v, "content", p.content(**i), v["content"])
    same(v, "stamp", p.stamp(i["time"], i["expires"], i["key"]), v["stamp"])
    same(v, "content_hash", got["content"], v["content_hash"])
    same(v, "signed", got["signed"], v["signed"])
    key = Ed25519PrivateKey.from_private_bytes(i["seed"])
    encoding(v, [1, bytes.fromhex(v["content"]), bytes.fromhex(v["stamp"]),
                 key.sign(got["signed"])])


def check_state(v):
    """A whole city from nothing but bytes."""
    city, keyset = p.read_chain([bytes.fromhex(x) for x in v["keysets"]])
    _, public = p.summary(city, p.PUBLIC, [
        bytes.fromhex(x) for x in v["public_records"]])
    _, net = p.summary(city, p.NETWORK, [
        bytes.fromhex(x) for x in v["network_records"]])
    head = verdict(v, p.accept, city, keyset, None, v["now"],
                   bytes.fromhex(v["hex"]), public,
                   net | {"blind": bytes.fromhex(v["blind"])}, net)
    Ed25519PublicKey.from_public_bytes(keyset["keys"][head["key"]][0]).verify(
        head["signature"], head["signed"])


def check_accept(v):
    i = raw(v["inputs"])
    _, keyset = p.read_chain(i["keysets"])
    held = p.read_head(i["held"]) if i["held"] else None
    verdict(v, p.accept, i["city"], keyset, held, i["now"],
            bytes.fromhex(v["hex"]), i["public"], i["network"],
            i["network_sum"])


def check_proof(v):
    i = raw(v["inputs"])
    if i["kind"] == "inclusion":
        verdict(v, p.prove_inclusion, i["state"], i["record"], i["at"])
    elif i["kind"] == "absence":
        verdict(v, p.prove_absence, i["state"], i["type"], i["key"],
                i["left"], i["right"])
    else:
        verdict(v, p.prove_complete, i["state"], i["type"], i["leaves"])
    if "hex" in v:
        joined = i["at"]["path"] if "at" in i else i["leaves"]
        same(v, "hex", b"".join(joined), v["hex"])


def check_proof_file(v):
    got = verdict(v, p.read_proof_file, bytes.fromhex(v["hex"]))
    if got is not None:
        i = raw(v["inputs"])
        city, head, record = got
        same(v, "city", city, i["city"])
        same(v, "rev", [head["epoch"], head["rev"]], [i["epoch"], i["rev"]])
        same(v, "key", record["key"], i["key"])


def check_ref(v):
    got = verdict(v, p.reference, v["inputs"]["text"])
    if got is not None:
        same(v, "parts", {"text": v["inputs"]["text"]} | got, v["inputs"])


def check_control(v):
    i = v["inputs"]
    known = {0: 0, 7: 7}
    got = verdict(v, p.read_control, bytes.fromhex(v["hex"]),
                  i["kind"] == "request", known)
    if got is not None:
        same(v, "content", got, (i["first"], i["map"]))
        encoding(v, [1, i["first"], i["map"]])


def plain(v):
    """@v as JSON has it: bytes as hexadecimal text."""
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, list):
        return [plain(x) for x in v]
    return v.hex() if isinstance(v, bytes) else v


def check_message(v):
    i = v["inputs"]
    if v["hex"] is None:
        begin, unit, times, end = v["long"]
        v["hex"] = begin + times * unit + end
    got = verdict(v, messages.read, i["which"], bytes.fromhex(v["hex"]))
    if got is not None:
        same(v, "value", plain(got), i["value"])
        encoding(v, got)


def check_canonical(v):
    v["name"] = v["why"]
    got = verdict(v, p.canonical, bytes.fromhex(v["hex"]), p.LIMIT["DEPTH"])
    if v["error"] is None:
        encoding(v, got)


CHECKS = {name.removeprefix("check_"): fn for name, fn in globals().items()
          if name.startswith("check_")}


def main():
    folder = pathlib.Path(sys.argv[1])
    # Sessions have an independent implementation of their own: tests/noise.
    names = {path.stem for path in folder.glob("*.json")}
    names -= {"noise", "session"}
    if names != set(CHECKS):
        sys.exit(f"no check for, or no file of: {names ^ set(CHECKS)}")
    for name in sorted(names):
        vectors = json.loads((folder / f"{name}.json").read_text())
        before = checked
        for vector in vectors:
            CHECKS[name](vector)
        if checked - before != len(vectors):
            sys.exit(f"{name}.json: {checked - before} of {len(vectors)}")
        print(f"{name}.json: {len(vectors)} vectors")
    print(f"{checked} vectors agree")


if __name__ == "__main__":
    main()
