"""The real Snowplow tracker for Node.js sends to the real binary."""
from sdk_contract import run_npm_contract


def test_snowplow_node_delivers_each_event_once(server, tmp_path):
    run_npm_contract("snowplow-node", server, tmp_path)
