"""Terraform's settings agree with what Kubernetes is told, and the cost page with the settings."""
import json
import re
import subprocess
import sys

import pytest
import yaml

import capacity
import manifests as m
from conftest import ROOT, chart_text

ENVIRONMENTS = ("dev", "staging", "prod")


@pytest.fixture(params=ENVIRONMENTS)
def name(request):
    return request.param


@pytest.fixture
def settings(name):
    return json.loads((ROOT / f"terraform/environments/{name}/settings.json").read_text())


def test_networks_are_those_of_the_flows(name, settings):
    row = yaml.safe_load((ROOT / "k8s/flows.yaml").read_text())["environments"][name]
    assert settings["cidr"] == row["vpc"]
    assert re.sub(r"\.0\.0/16$", ".255.0/24", settings["cidr"]) == row["cluster-api"]


def test_networks_do_not_overlap():
    """So that environments and the other region can be joined one day."""
    networks = [json.loads((ROOT / f"terraform/environments/{e}/settings.json").read_text())["cidr"] for e in ENVIRONMENTS] + ["10.40.0.0/16"]
    assert len(set(networks)) == len(networks)
    assert networks[-1] in (ROOT / "terraform/environments/prod/standby.tf").read_text()


def test_the_gateway_is_believed_about_addresses(name, settings):
    assert m.settings_of(m.load(chart_text(name)))["http.trusted_proxies"] == settings["cidr"]


def test_a_pod_fits_on_its_node(name, settings):
    """GameMetrics asks for no more than the smallest machine of its node group has left."""
    for owner in m.pod_owners(m.load(chart_text(name))):
        spec = m.pod_template(owner)["spec"]
        group = settings["node_groups"][spec["nodeSelector"]["gamemetrics.io/nodes"]]
        tolerated = any(t["key"] == "gamemetrics.io/nodes" and t["effect"] == "NoSchedule" for t in spec["tolerations"])
        assert tolerated == group["tainted"]
        for kind in group["instance_types"]:
            room, asked = capacity.allocatable(kind), m.containers(owner)[0]["resources"]["requests"]
            assert all(m.quantity(asked[what]) <= room[what] for what in room), kind


def test_volume_is_as_large_as_it_is_paid_for(name, settings):
    owner = m.of_kind(m.load(chart_text(name)), "StatefulSet")[0]
    size = owner["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"]
    assert size == f"{settings['volume_gb']}Gi"


def test_nothing_is_paid_that_is_not_released(settings):
    assert settings["distributed_stores"] is False


def test_costs_are_those_of_the_settings():
    made = subprocess.run([sys.executable, str(ROOT / "scripts/terraform/cost.py"), "--check"], text=True, capture_output=True)
    assert made.returncode == 0, made.stdout


def test_production_survives_a_zone():
    prod = json.loads((ROOT / "terraform/environments/prod/settings.json").read_text())
    assert prod["nat_per_zone"] and prod["protected"] and prod["backup_days"] >= 30
    assert prod["rds"]["multi_az"] and prod["rds"]["replicas"] == 2
    assert (prod["elasticache"]["shards"], prod["elasticache"]["replicas_per_shard"]) == (3, 1)


@pytest.mark.parametrize("file", sorted((ROOT / "terraform").rglob("*.tf")), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_key_and_no_account_number(file):
    text = file.read_text()
    assert not re.search(r"AKIA[0-9A-Z]{16}|\b\d{12}\b|BEGIN [A-Z ]*PRIVATE KEY", text)
