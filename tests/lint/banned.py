#!/usr/bin/env python3
"""Prove that base/banned.h is in effect: every source file of a module is
compiled with it, and a call of each banned function is refused for its sake.

banned.py COMPILER SOURCE_DIR BUILD_DIR"""
import json
import pathlib
import re
import subprocess
import sys

CALLS = {  # function: a call that compiles as long as it is not banned
    "strcpy": "(void)strcpy(a, b);",
    "strcat": "(void)strcat(a, b);",
    "strncpy": "(void)strncpy(a, b, 1);",
    "strncat": "(void)strncat(a, b, 1);",
    "sprintf": '(void)sprintf(a, "%s", b);',
    "gets": "(void)gets(a);",
    "strtok": "(void)strtok(a, b);",
    "gmtime": "(void)gmtime(&when);",
    "localtime": "(void)localtime(&when);",
    "rand": "(void)rand();",
    "atoi": "(void)atoi(b);",
    "malloc": "void *p = malloc(1); (void)p;",
    "calloc": "void *p = calloc(1, 1); (void)p;",
    "realloc": "void *p = realloc(a, 1); (void)p;",
    "free": "free(a);",
    "strdup": "(void)strdup(b);",
    "strndup": "(void)strndup(b, 1);",
}
ALLOCATORS = {"malloc", "calloc", "realloc", "free", "strdup", "strndup"}
PROGRAM = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
char *gets(char *);
void f(char *a, const char *b, time_t when);
void f(char *a, const char *b, time_t when)
{
    (void)a;
    (void)b;
    (void)when;
    %s
}
"""


def compile_call(compiler, flags, call):
    """What the compiler says; empty if it is content."""
    run = subprocess.run(
        [compiler, "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-fsyntax-only",
         *flags, "-xc", "-"],
        input=PROGRAM % call, capture_output=True, text=True, check=False)
    return run.stderr if run.returncode != 0 else ""


def main():
    compiler, source, build = sys.argv[1:]
    header = pathlib.Path(source, "src/base/banned.h")
    ban = ["-include", str(header), "-Wdeprecated-declarations",
           "-Werror=deprecated-declarations"]
    bad = []

    names = set(re.findall(r"^(?:\w+ )+\*?(\w+)\([^;]*?C2C_BANNED\(",
                           header.read_text(), re.MULTILINE))
    if names != set(CALLS):
        bad.append(f"this test and {header.name} differ: "
                   f"{sorted(names ^ set(CALLS))}")
    for name, call in CALLS.items():
        said = compile_call(compiler, ban, call)
        if "banned: " not in said:
            bad.append(f"{name} is not refused: {said or 'it compiles'}")
        if compile_call(compiler, [], call):
            bad.append(f"the test's own call of {name} does not compile")
        allowed = not compile_call(compiler, ban + ["-DC2C_MAY_ALLOCATE"], call)
        if allowed != (name in ALLOCATORS):
            bad.append(f"{name}: base may{'' if allowed else ' not'} call it")

    commands = json.loads(
        pathlib.Path(build, "compile_commands.json").read_text())
    sources = [c for c in commands
               if c["file"].startswith(f"{source}/src/")]
    for c in sources:
        if f"-include {header}" not in c["command"]:
            bad.append(f"{c['file']} is compiled without it")
        if ("C2C_MAY_ALLOCATE" in c["command"]) != ("/src/base/" in c["file"]):
            bad.append(f"{c['file']}: only base may allocate")
    if not sources:
        bad.append("compile_commands.json names no source file")

    for line in bad:
        print(line)
    return 1 if bad else 0


sys.exit(main())
