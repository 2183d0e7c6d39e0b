"""The real posthog-node client from the registry sends to the real binary."""
from sdk_contract import run_npm_contract


def test_posthog_node_delivers_each_event_once(server, tmp_path):
    run_npm_contract("posthog-node", server, tmp_path)
