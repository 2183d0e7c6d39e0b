#!/usr/bin/env python3
"""STYLE.md as a test: lengths, names, banned words, a README per folder, formatting.

Usage: scripts/check-style.py
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
# C++ is clang-format's business: what it leaves long is a literal.
LINE_MAX = {".py": 160, ".ts": 140, ".tsx": 140, ".sh": 160}
BAD_FOLDERS = {"util", "utils", "common", "misc", "helpers"}
README_PARENTS = ("lib", "services", "adapters")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# Declaration tables and generated text may be wide.
WIDE = {"lib/config/declarations.cc", "lib/telemetry/catalog.h", "cmd/gamemetrics/error_catalog.cc"}


def tracked():
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
                             capture_output=True, check=True).stdout
    for name in listing.splitlines():
        path = ROOT / name
        if path.is_file() and "node_modules" not in path.parts:
            yield name, path


def function_lengths(lines):
    """(start line, length) of functions defined in column one: from the first line of the signature to the "}" in column one."""
    skipped = re.compile(r"^(namespace|class|struct|enum|union|extern|constexpr|const|static const|inline const|template|using|#|//|})")
    start, opened = None, False
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"^[A-Za-z_~]", line) and not skipped.match(line):
            start, opened = number, False
        if start is None:
            continue
        if not opened:
            if line.rstrip().endswith("{"):
                opened = True
            elif line.rstrip().endswith((";", "}", ",")) and not line.startswith(" ") or line.rstrip().endswith(";"):
                start = None
        elif line.startswith("}"):
            yield start, number - start + 1
            start = None


def check_source(name, path, problems):
    lines = path.read_text(errors="replace").splitlines()
    limit = LINE_MAX.get(path.suffix)
    if limit is None and path.suffix not in (".cc", ".h"):
        return
    if len(lines) > FILE_LINES_MAX:
        problems.append(f"{name}: {len(lines)} lines (at most {FILE_LINES_MAX}); split it by what changes together")
    for number, line in enumerate(lines, 1):
        if limit and len(line) > limit and "http" not in line:
            problems.append(f"{name}:{number}: {len(line)} columns (at most {limit})")
        if UNFINISHED.search(line) and name != "scripts/check-style.py":
            problems.append(f"{name}:{number}: unfinished work belongs in an issue: {line.strip()[:80]}")
    if path.suffix == ".cc":
        for start, length in function_lengths(lines):
            if length > FUNCTION_LINES_MAX:
                problems.append(f"{name}:{start}: function of {length} lines (at most {FUNCTION_LINES_MAX})")


def check_tree(files, problems):
    folders = {str(pathlib.PurePosixPath(name).parent) for name, _ in files}
    for folder in sorted(folders):
        if BAD_FOLDERS & set(folder.split("/")):
            problems.append(f"{folder}: say what it holds instead of util, common, misc or helpers")
        parts = folder.split("/")
        if len(parts) == 2 and parts[0] in README_PARENTS and not (ROOT / folder / "README.md").is_file():
            problems.append(f"{folder}: needs a README.md (purpose, surface, limits, metrics)")


def check_format(files, problems):
    if not shutil.which("clang-format-19"):
        print("check-style: skipped formatting (clang-format-19 is not installed)")
        return
    sources = [name for name, path in files if path.suffix in (".cc", ".h") and not name.startswith("web/")]
    result = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *sources], cwd=ROOT, text=True, capture_output=True)
    unformatted = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "error:" in line})
    problems += [f"{name}: not formatted (make format)" for name in unformatted]


def main():
    files = list(tracked())
    problems = []
    for name, path in files:
        check_source(name, path, problems)
    check_tree(files, problems)
    check_format(files, problems)
    for problem in problems:
        print(f"PROBLEM {problem}", flush=True)
    print(f"check-style: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
