"""The AWS game pipeline's form, as its games send it, against the real binary."""
import json
import time
import uuid


def event(name, **data):
    return {"event_id": str(uuid.uuid4()), "event_type": name, "event_name": name, "event_timestamp": int(time.time()),
            "event_version": "1.0.0", "app_version": "1.2.0", "event_data": data}


def send(server, events, key=None):
    body = json.dumps({"events": events}).encode()
    return server.post("/applications/6a1c/events", body, {"Authorization": key or server.write_key})


def test_events_are_counted_once_and_mapped(server):
    events = [event("login", player_id="p-1", platform="ps4"),
              event("iap_transaction", player_id="p-1", item_id="gems", currency_amount=5, currency_type="USD"),
              event("item_viewed", item_id="sword")]
    for _ in range(2):
        answer = send(server, events)
        assert answer.status == 200, answer.body
        assert answer.json()["FailedRecordCount"] == 1
        assert [one["Result"] for one in answer.json()["Events"]] == ["Ok", "Ok", "Error"]
    state = server.wait_processed()
    assert (state["stored"], state["duplicates"]) == (2, 2)
    seen = {entry["event"]: entry for entry in server.get("/api/v1/live").json()["events"]}
    assert seen["session_start"]["platform"] == "ps4"
    assert (seen["purchase"]["revenue"], seen["purchase"]["properties"]["product"]) == (5, "gems")
    assert seen["purchase"]["properties"]["application_id"] == "6a1c"


def test_refusals_are_in_the_gateways_words(server):
    answer = send(server, [event("login", player_id="p-1")], key="gm_wk_wrong")
    assert (answer.status, answer.json()["error"]) == (401, "AccessDenied")
    answer = server.post("/events", b"{", {"Authorization": server.write_key})
    assert (answer.status, answer.json()["error"]) == (400, "BadRequest")
