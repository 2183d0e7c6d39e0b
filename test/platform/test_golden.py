"""What kustomize makes of each folder of scripts/k8s/kustomizations.txt is what was reviewed: prod as a whole, any other environment by what differs from it.

Left out are the policies of k8s/flows (they lie there as files, and test_ground.py reads them back) and `monitoring` (monitoring/generate.py --check).
"""
import difflib
import os
import pathlib

import pytest

from conftest import ROOT, kustomized

GOLDEN = pathlib.Path(__file__).parent / "golden"
FOLDERS = [folder for folder in (ROOT / "scripts/k8s/kustomizations.txt").read_text().split() if folder != "monitoring"]
ELSEWHERE = ("NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication")


def rendered(folder):
    documents = kustomized(folder).split("\n---\n")
    if folder.startswith("k8s/overlays/"):
        documents = [document for document in documents if not any(f"\nkind: {kind}\n" in document for kind in ELSEWHERE)]
    return "\n---\n".join(documents)


def golden_of(folder):
    family, environment = folder.rsplit("/", 1)
    return GOLDEN / family / (f"{environment}.yaml" if environment == "prod" else f"{environment}.diff")


def reviewed(folder):
    """The text for the golden file."""
    family, environment = folder.rsplit("/", 1)
    text = rendered(folder)
    if environment == "prod":
        return text
    lines = difflib.unified_diff(rendered(f"{family}/prod").splitlines(True), text.splitlines(True), "prod", environment, n=4)
    return "".join(lines)


@pytest.mark.parametrize("folder", FOLDERS)
def test_renders_what_was_reviewed(folder):
    golden = golden_of(folder)
    if os.environ.get("GM_UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(reviewed(folder))
    assert reviewed(folder) == golden.read_text(), "GM_UPDATE_GOLDEN=1 scripts/platform/k8s writes it anew; then read the difference"


def test_every_golden_file_is_of_a_folder():
    known = {golden_of(folder) for folder in FOLDERS}
    assert {path for path in GOLDEN.rglob("*") if path.is_file() and path.parent != GOLDEN} == known


def test_every_environment_is_rendered():
    """A folder that nobody lists is one that nobody reviews, validates or tries on an API server."""
    found = {str(path.parent.relative_to(ROOT)) for family in ("k8s/overlays", "k8s/data/overlays", "k8s/platform/overlays", "argocd/environments")
             for path in (ROOT / family).glob("*/kustomization.yaml")}
    assert found == set(FOLDERS)
