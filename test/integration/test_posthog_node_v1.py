"""The real posthog-node client sends to the real binary in PostHog's capture protocol v1."""
from sdk_contract import run_npm_contract


def test_posthog_node_v1_delivers_each_event_once(server, tmp_path):
    run_npm_contract("posthog-node-v1", server, tmp_path, {"POSTHOG_CAPTURE_MODE": "v1"})
