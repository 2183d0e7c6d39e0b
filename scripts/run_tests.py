#!/usr/bin/env python3
"""Runs the test suites in order, keeps going after a failure, and ends with the totals. Called by scripts/test."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOBS = str(os.cpu_count() or 2)


class Suite:
    """One suite's totals; `check` counts a command that has no totals of its own as one test."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped, self.failures = name, 0, 0, 0, []

    def add(self, passed, failed, skipped=0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def check(self, title, command, **options):
        code, output = run(command, **options)
        self.add(int(code == 0), int(code != 0))
        if code:
            self.failures.append(title)
        return code == 0, output


def run(command, timeout=1800, env=None, cwd=ROOT):
    """Streams the command's output and returns (exit code, output)."""
    print(f"\n$ {' '.join(map(str, command))}", flush=True)
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})}, text=True, errors="replace",
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    deadline, lines = time.monotonic() + timeout, []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
        if time.monotonic() > deadline:
            process.kill()
            lines.append(f"killed after {timeout} s\n")
            break
    process.stdout.close()
    return process.wait(), "".join(lines)


def build(preset, *targets):
    return run(["bash", "-c", f'. scripts/environment.sh && build_preset {preset} {" ".join(targets)}'], timeout=3000)[0] == 0


def style(suite):
    """The names of what is wrong go into the totals: at the end of a long run nobody looks for the first lines."""
    for title in ("layers", "style", "asvs"):
        _, output = suite.check(title, [sys.executable, f"scripts/check-{title}.py"])
        suite.failures += [f"({problem})" for problem in re.findall(r"^PROBLEM (.+)", output, re.M)]


def unit(suite):
    if not build("dev"):
        suite.add(0, 1)
        suite.failures.append("build dev")
        return
    _, output = run(["ctest", "--preset", "dev", "-j", JOBS, "--output-on-failure", "--no-tests=error"], timeout=2400)
    totals = re.search(r"(\d+)% tests passed, (\d+) tests failed out of (\d+)", output)
    if not totals:
        suite.add(0, 1)
        suite.failures.append("ctest gave no totals")
        return
    failed, total = int(totals.group(2)), int(totals.group(3))
    skipped = len(re.findall(r"\*\*\*Skipped", output))
    suite.add(total - failed - skipped, failed, skipped)
    suite.failures += re.findall(r"^\s+\d+ - (\S+) \((?:Failed|Timeout|SEGFAULT|Subprocess aborted|Not Run)\)", output, re.M)


def pytest_totals(suite, output, code):
    count = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error)", output.splitlines()[-1] if output else "")}
    suite.add(count.get("passed", 0), count.get("failed", 0) + count.get("error", 0), count.get("skipped", 0))
    suite.failures += re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.M)
    if code not in (0, 1) or not count:
        suite.add(0, 1)
        suite.failures.append(f"pytest ended with {code}")


def integration(suite):
    if not build("release", "gamemetrics", "graphql_check"):
        suite.add(0, 1)
        suite.failures.append("build release")
        return
    seconds = 2400 + 6 * int(os.environ.get("GM_KILL_ROUNDS", "20"))
    code, output = run([sys.executable, "-m", "pytest", "-q", "-rs", "--tb=short", "test/integration", "test/faults"], timeout=seconds)
    pytest_totals(suite, output, code)


def browser(suite):
    if not build("release", "gamemetrics"):
        suite.add(0, 1)
        suite.failures.append("build release")
        return
    suite.check("dashboard units", ["npm", "test", "--silent"], cwd=ROOT / "web/dashboard")
    code, output = run([sys.executable, "-m", "pytest", "-q", "-rs", "--tb=short", "test/browser"], timeout=1200)
    pytest_totals(suite, output, code)


# What reads our own files. Everything else reads what strangers send, and gets three times as long.
FUZZED_SHORTLY = {"event_record_fuzz", "segment_reader_fuzz"}


def run_fuzzer(target, seconds):
    """One fuzz target with the corpus of its name as its seeds; the line that says how it went, and its output."""
    corpus, seeds = ROOT / "build/fuzz-corpus" / target.name, sorted((ROOT / "test/corpus").glob("*/" + target.name.removesuffix("_fuzz")))
    corpus.mkdir(parents=True, exist_ok=True)
    command = [target, f"-max_total_time={seconds}", "-rss_limit_mb=1024", "-timeout=5", "-print_final_stats=1", f"-artifact_prefix={corpus}/", corpus]
    command += seeds
    result = subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                            timeout=3 * seconds + 120)
    executions = re.findall(r"stat::number_of_executed_units:\s*(\d+)", result.stdout)
    covered = re.findall(r"^#\d+\s+(?:DONE|INITED)\s+cov: (\d+)", result.stdout, re.M)
    line = f"{target.name:22} {seconds:3} s  {int(executions[-1]) if executions else 0:12,} executions  {covered[-1] if covered else '?':>6} edges"
    return line, result.returncode, result.stdout


def fuzz(suite):
    if not build("fuzz", "fuzzers"):
        suite.add(0, 1)
        suite.failures.append("build fuzz")
        return
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    targets = [path for path in sorted((ROOT / "build/fuzz").rglob("*_fuzz")) if path.is_file() and os.access(path, os.X_OK)]
    with concurrent.futures.ThreadPoolExecutor(int(JOBS)) as pool:
        runs = {pool.submit(run_fuzzer, t, max(1, seconds // 3) if t.name in FUZZED_SHORTLY else seconds): t for t in targets}
        for run_ in concurrent.futures.as_completed(runs):
            line, code, output = run_.result()
            print(f"{line}{'' if code == 0 else f'  FAILED ({code})'}", flush=True)
            suite.add(int(code == 0), int(code != 0))
            if code:
                suite.failures.append(runs[run_].name)
                print("\n".join(output.splitlines()[-60:]), flush=True)


def docs(suite):
    if not build("release", "gamemetrics"):
        suite.add(0, 1)
        suite.failures.append("build release")
        return
    suite.check("generated references", [sys.executable, "scripts/generate-reference.py", "--check"])
    for document in ("README.md", "QUICK_START.md", "DEPLOYMENT_GUIDE.md", "docs/reference/graphql-api.md"):
        suite.check(f"{document} commands", [sys.executable, "scripts/run-doc-commands.py", document])


def clients(suite):
    if not build("release", "gamemetrics"):
        suite.add(0, 1)
        suite.failures.append("build release")
        return
    code, output = run([sys.executable, "clients/test"], timeout=600)
    totals = re.search(r"(\d+) passed, (\d+) failed, (\d+) skipped$", output.strip())
    if not totals:
        suite.add(0, 1)
        suite.failures.append(f"clients/test gave no totals and ended with {code}")
        return
    suite.add(*map(int, totals.groups()))
    suite.failures += re.findall(r"^FAILED (.+)", output, re.M)


def platform(suite):
    """The parts that take minutes are left to scripts/nightly."""
    code, output = run([sys.executable, "scripts/platform-check", "--quick"], timeout=900)
    results = re.findall(r"^PART (\S+) (passed|failed|skipped)", output, re.M)
    outcomes = [outcome for _, outcome in results]
    suite.add(*(outcomes.count(word) for word in ("passed", "failed", "skipped")))
    suite.failures += [name for name, outcome in results if outcome == "failed"]
    if code and not suite.failures:
        suite.failures.append("platform-check gave no result")


SUITES = {f.__name__: f for f in (style, unit, integration, browser, fuzz, docs, clients, platform)}


def main(names):
    unknown = [n for n in names if n not in SUITES]
    if unknown:
        print(f"unknown suite {', '.join(unknown)}; there are {', '.join(SUITES)}", file=sys.stderr)
        return 64
    done = []
    for name in names or SUITES:
        started = time.monotonic()
        suite = Suite(name)
        SUITES[name](suite)
        if not suite.passed + suite.failed + suite.skipped:  # a suite without tests, e.g. no fuzz target, is no success
            suite.add(0, 1)
            suite.failures.append("ran no test")
        suite.seconds = time.monotonic() - started
        done.append(suite)
    print("\n=== test totals ===")
    for s in done:
        print(f"{s.name:12} {s.passed:5} passed {s.failed:4} failed {s.skipped:4} skipped {s.seconds:7.0f} s  {' '.join(s.failures)}")
    passed, failed, skipped = (sum(getattr(s, k) for s in done) for k in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
