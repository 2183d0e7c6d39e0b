#!/usr/bin/env python3
"""Checks that includes only point downwards, that the folder graph has no cycle, and that vendor headers and system calls stay where they belong.

Usage: scripts/check-layers.py            (from anywhere in the repository)
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A folder may include folders of lower layers only. Folders of one layer do not see each other.
LAYERS = [
    ["lib/base"],
    ["lib/io", "lib/codec"],
    ["lib/telemetry", "lib/config", "lib/security"],
    ["lib/http", "lib/event", "lib/graphql", "lib/mail"],
    ["lib/log"],
    ["lib/store"],
    ["lib/behavior", "lib/query/language", "lib/identity"],
    ["lib/query", "lib/simulated_game"],
    ["lib/query/analysis"],
    ["services/event_ingestion/decoding"],
    ["services/event_ingestion/dialects/*"],
    ["services/analytics_api/subscriptions"],
    ["services/*", "adapters/*"],
    ["cmd/gamemetrics"],
    ["bench", "bench/*", "test/*"],
]
# Header prefixes that only the named folders may include.
VENDOR = {
    "duckdb.h": ["adapters/duckdb"],
    "sqlite3.h": ["adapters/sqlite"],
    "sodium.h": ["lib/identity"],
    "yaml-cpp/": ["lib/config", "cmd/gamemetrics"],  # settings; mapping files of `import`
    "boost/": ["lib/http", "cmd/gamemetrics", "bench", "bench/*", "test/*"],
    "curl/": ["lib/http", "lib/mail", "adapters/smtp", "cmd/gamemetrics"],
    "libdeflate.h": ["lib/codec", "bench/*"],
    "brotli/": ["lib/codec"],
    "zstd.h": ["lib/codec"],
    "zlib.h": ["cmd/gamemetrics"],  # import reads .gz files of any size, which needs a streaming decoder
    "openssl/": ["lib/security", "lib/http", "lib/base"],
    "CLI/": ["cmd/gamemetrics"],
    "date/": ["lib/base"],
    "spdlog/": ["lib/telemetry"],
    "wslay/": ["lib/http"],
}
# Time, randomness, files and sockets are reached through lib/base and lib/io only, so that tests and the simulator own them.
BANNED = {
    r"\bclock_gettime\s*\(|\bgettimeofday\s*\(|::now\(\)|\btime\s*\(\s*(NULL|nullptr|0)\s*\)": ["lib/base", "bench", "bench/*", "test/*"],
    r"\bgetrandom\s*\(|\bstd::random_device|\bstd::rand\b|[^_\w.]rand\s*\(": ["lib/base", "bench", "bench/*", "test/*"],
    r"(?<![\w.>:])::?(open|openat|pwrite|pread|fdatasync|fsync|unlink|rename)\s*\(|\bstd::(of|if|f)stream\b|\bfopen\s*\(":
        ["lib/io", "bench", "bench/*", "test/*"],
    r"(?<![\w.>:])::(socket|bind|listen|accept4?|connect)\s*\(": ["lib/io", "bench", "bench/*", "test/*"],
}
ALLOW_MARK = "layers: allow"  # with a reason on the same line


def layer_of(folder):
    for index, names in enumerate(LAYERS):
        for name in names:
            if folder == name or (name.endswith("/*") and folder.startswith(name[:-1])):
                return index
    return None


def allowed(folder, names):
    return any(folder == n or (n.endswith("/*") and folder.startswith(n[:-1])) for n in names)


def sources():
    for top in ("lib", "services", "adapters", "cmd", "bench", "test"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cc") and "node_modules" not in path.parts:
                yield path


def check():
    problems, edges = [], {}
    for path in sources():
        relative = path.relative_to(ROOT)
        folder = str(relative.parent)
        is_test = path.stem.endswith(("_test", "_fuzz", "_bench"))
        layer = layer_of(folder)
        if layer is None:
            problems.append(f"{relative}: folder {folder} has no layer in scripts/check-layers.py")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if ALLOW_MARK in line:
                continue
            where = f"{relative}:{number}"
            include = re.match(r'\s*#include\s+["<]([^">]+)[">]', line)
            if include:
                target = include.group(1)
                for prefix, folders in VENDOR.items():
                    if target.startswith(prefix) and not allowed(folder, folders) and not is_test:
                        problems.append(f"{where}: {target} belongs to {', '.join(folders)}")
                if not re.match(r"(lib|services|adapters|cmd|bench|test)/", target):
                    continue
                to = str(pathlib.PurePosixPath(target).parent)
                if to == folder:
                    continue
                edges.setdefault(folder, set()).add(to)
                if (layer_of(to) is None or layer_of(to) >= layer) and not is_test:
                    problems.append(f"{where}: {folder} (layer {layer}) may not include {to} (layer {layer_of(to)})")
                continue
            if is_test or line.lstrip().startswith("//"):
                continue
            for pattern, folders in BANNED.items():
                if re.search(pattern, line) and not allowed(folder, folders):
                    problems.append(f"{where}: time, randomness, files and sockets go through lib/base and lib/io: {line.strip()[:90]}")
    return problems, edges


def main():
    problems, edges = check()
    for problem in problems:
        print(f"PROBLEM {problem}", flush=True)
    count = sum(len(v) for v in edges.values())
    print(f"check-layers: {len(edges)} folders, {count} include edges, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
