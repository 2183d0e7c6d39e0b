#!/usr/bin/env python3
"""Writes docs/reference/{configuration,metrics,errors,cli,rights}.md from the program's own declarations.

Usage: scripts/generate-reference.py [--check] [--binary PATH]
  --check   write nothing; fail and show the difference when a file is not what the program says
"""
import argparse
import difflib
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {
    "configuration.md": ["settings-reference"],
    "metrics.md": ["metrics-catalog", "--output", "markdown"],
    "errors.md": ["errors-catalog"],
    "cli.md": ["help-reference"],
    "rights.md": ["rights-reference"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--binary", default=str(ROOT / "build/release/cmd/gamemetrics/gamemetrics"))
    options = parser.parse_args()
    stale = 0
    for page, command in PAGES.items():
        path = ROOT / "docs/reference" / page
        text = subprocess.run([options.binary, *command], text=True, capture_output=True, check=True).stdout
        old = path.read_text() if path.is_file() else ""
        if text == old:
            continue
        if options.check:
            stale += 1
            print("".join(difflib.unified_diff(old.splitlines(True), text.splitlines(True), f"docs/reference/{page}", "program")))
        else:
            path.write_text(text)
            print(f"wrote docs/reference/{page}")
    if stale:
        print(f"{stale} pages are out of date: run scripts/generate-reference.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
