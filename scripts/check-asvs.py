#!/usr/bin/env python3
"""Every test that docs/reference/asvs.md names is there: `path#Suite.Name` of a C++ test, `path#test_name` of a Python one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/asvs.md"


def is_there(path, name):
    file = ROOT / path
    if not file.is_file():
        return False
    if name.startswith("test_"):
        return re.search(rf"^def {name}\(", file.read_text(), re.MULTILINE) is not None
    suite, _, test = name.partition(".")
    return re.search(rf"^TEST(_F|_P)?\({suite}, {test}\)", file.read_text(), re.MULTILINE) is not None


def main():
    rows, named, problems = 0, 0, []
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        if not line.startswith("| ") or line.startswith(("| Row", "| Attack")):
            continue
        rows += 1
        tests = re.findall(r"`([\w./-]+)#([\w.]+)`", line)
        named += len(tests)
        problems += [f"{number}: there is no {path}#{name}" for path, name in tests if not is_there(path, name)]
        if not tests and "**Not yet**" not in line:
            problems.append(f"{number}: a row without a test that does not say so")
    for problem in problems:
        print(f"PROBLEM docs/reference/asvs.md:{problem}")
    print(f"check-asvs: {rows} rows, {named} tests, {len(problems)} problems")
    return bool(problems) or rows == 0


sys.exit(main())
