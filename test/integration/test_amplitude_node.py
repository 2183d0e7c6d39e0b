"""The real Amplitude client for Node from the registry sends to the real binary."""
from sdk_contract import run_npm_contract


def test_amplitude_node_keeps_the_contract(server, tmp_path):
    run_npm_contract("amplitude-node", server, tmp_path, small_body="1KiB")
