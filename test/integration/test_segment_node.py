"""The real Segment client for Node from the registry sends to the real binary."""
from sdk_contract import run_npm_contract


def test_segment_node_keeps_the_contract(server, tmp_path):
    run_npm_contract("segment-node", server, tmp_path, small_body="1KiB")
