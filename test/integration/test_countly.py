"""The real Countly client for Node.js sends to the real binary."""
from sdk_contract import run_npm_contract


def test_countly_nodejs_delivers_each_event_once(server, tmp_path):
    run_npm_contract("countly-nodejs", server, tmp_path)
