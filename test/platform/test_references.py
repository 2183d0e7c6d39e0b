"""Paths that others rely on are there, and what one file of the platform says of another's place is true."""
import functools
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = ["terraform/environments/dev", "terraform/environments/staging", "terraform/environments/prod", "scripts/setup/health-check.sh",
            "scripts/setup/test-event-flow.sh", "argocd", "chaos/experiments", "docs/runbooks", "docs/adr/0000-template.md", "docs/platform-not-verified.md",
            "DEPLOYMENT_GUIDE.md", "QUICK_START.md", "ARCHITECTURE.md"]
OURS = ("scripts", "k8s", "terraform", "monitoring", "packaging", "argocd", "chaos", "test/platform", ".github", "docs", "DEPLOYMENT_GUIDE.md",
        "QUICK_START.md", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "Makefile")
# Made by a person's replacing the word, by a build, or only the beginning of a name.
NOT_PATHS = re.compile(r"ENVIRONMENT|^scripts/check$|^scripts/k8s/api-server/go$|^\.github/workflows/release$|^schemas/definitions$")
# Files that speak of other projects' folders, or of what is not there on purpose.
OTHERS = re.compile(r"/golden/|^monitoring/exporters/|\.(sum|mod|sha256)$|/test_references\.py$")
PATH = re.compile(r"(?<![\w/.\-$}])((?:scripts|docs|k8s|terraform|monitoring|packaging|argocd|chaos|test|\.github|schemas|examples)/[A-Za-z0-9_./\-]+)")
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)")


@functools.cache
def tracked():
    made = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, text=True, capture_output=True)
    return [name for name in made.stdout.split() if name.startswith(OURS) and not OTHERS.search(name)]


def dead(name, text):
    """What a file names and is not there."""
    found = {path.rstrip("./-") for path in PATH.findall(text)}
    missing = [path for path in sorted(found) if not NOT_PATHS.search(path) and not (ROOT / path).exists()]
    if name.endswith(".md"):
        missing += [link for link in LINK.findall(text) if not ((ROOT / name).parent / link).exists()]
    return missing


@pytest.mark.parametrize("path", EXPECTED)
def test_expected_paths_exist(path):
    assert (ROOT / path).exists()


def test_no_reference_is_dead():
    assert len(tracked()) > 300
    found = {}
    for name in tracked():
        if (ROOT / name).is_file():
            missing = dead(name, (ROOT / name).read_text(errors="ignore"))
            if missing:
                found[name] = missing
    assert found == {}


@pytest.mark.parametrize("name, text", [("k8s/x.yaml", "# see k8s/platform/istio."), ("docs/x.md", "[there](../docs/no-such-page.md)")])
def test_a_dead_reference_is_found(name, text):
    assert len(dead(name, text)) == 1
