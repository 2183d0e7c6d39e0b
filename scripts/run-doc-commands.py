#!/usr/bin/env python3
"""Runs the command blocks of a document against a server of its own, so that a document cannot promise what does not work.

A fenced block tagged `sh run` is executed; `sh run-server` starts a process that stays up until the end. Its ports are free ones, given by
the environment, so that another server on the default ports is neither in the way nor taken for it; its readiness is awaited. Blocks of one
document share one shell session's directory and exported variables. A block followed by a fence tagged `output` must print every line of it
("..." matches anything).

Usage: scripts/run-doc-commands.py README.md QUICK_START.md ...
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\S+)(?: ([\w-]+))?\n(.*?)^```$", re.M | re.S)


def blocks(text):
    found = []
    for language, tag, body in FENCE.findall(text):
        if language == "sh" and tag in ("run", "run-server"):
            found.append({"tag": tag, "body": body, "expect": None})
        elif language == "output" and found:
            found[-1]["expect"] = body
    return found


def matches(expected, actual):
    position = 0
    for line in expected.strip().splitlines():
        pattern = ".*".join(re.escape(part) for part in line.split("..."))
        hit = re.compile(pattern).search(actual, position)
        if not hit:
            return line
        position = hit.end()
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_ready(process, port, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.2)
    return False


def run_block(block, directory, environment):
    # The exported variables of one block reach the next through a file.
    script = f"set -euo pipefail\n[ -f .env ] && . ./.env\n{block['body']}\nexport -p > .env\n"
    if block["tag"] == "run-server":
        log, internal = open(directory / "server.log", "w"), free_port()
        environment = {**environment, "GAMEMETRICS_HTTP_ADDRESS": f"127.0.0.1:{free_port()}", "GAMEMETRICS_INTERNAL_ADDRESS": f"127.0.0.1:{internal}"}
        process = subprocess.Popen(["bash", "-c", "set -e\n[ -f .env ] && . ./.env\nexec " + block["body"].strip()], cwd=directory,
                                   env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        return process, (0 if wait_ready(process, internal) else 1), (directory / "server.log").read_text()
    result = subprocess.run(["bash", "-c", script], cwd=directory, env=environment, text=True, capture_output=True, timeout=300)
    return None, result.returncode, result.stdout + result.stderr


def main(document):
    environment = {**os.environ, "PATH": f"{ROOT / 'build/release/cmd/gamemetrics'}:{os.environ['PATH']}"}
    servers, failures, count = [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        for folder in ("examples", "scripts"):
            (directory / folder).symlink_to(ROOT / folder)
        # A copy, since a document may build it.
        shutil.copytree(ROOT / "clients/javascript", directory / "clients/javascript", ignore=shutil.ignore_patterns("node_modules", "dist"))
        try:
            for block in blocks((ROOT / document).read_text()):
                count += 1
                process, code, output = run_block(block, directory, environment)
                if process:
                    servers.append(process)
                missing = matches(block["expect"], output) if block["expect"] and not code else None
                if code or missing:
                    failures += 1
                    print(f"FAILED ({code}): {block['body']}\n--- printed\n{output}\n--- missing line: {missing}\n")
        finally:
            for process in servers:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=30)
    print(f"{document}: {count - failures} of {count} command blocks work")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(max([main(document) for document in sys.argv[1:]], default=64))
