"""Requests made by the published CloudEvents SDK against the real server. The SDK does not send: there is nothing to retry."""
import json
import unittest
import uuid
from datetime import datetime, timezone

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from server_view import URL, WRITE_KEY, live, processed, send


def event(name, data, **attributes):
    return CloudEvent({"id": str(uuid.uuid4()), "source": "/match-server/7", "type": f"com.example.{name}", "specversion": "1.0",
                       "subject": "ce spieler ä", "time": datetime.now(timezone.utc), "datacontenttype": "application/json", **attributes}, data)


def post(message, key=WRITE_KEY):
    return send(URL + "/v1/cloudevents", message.body, {**message.headers, "Authorization": f"Bearer {key}"})


class CloudEventsContract(unittest.TestCase):
    def check_mode(self, message, level):
        before = processed()
        self.assertEqual(post(message), (204, b""))
        self.assertEqual(post(message)[0], 204)
        after = processed()
        self.assertEqual((after["stored"] - before["stored"], after["duplicates"] - before["duplicates"]), (1, 1))
        entry = live("level_complete")[0]
        self.assertEqual((entry["player_id"], entry["country"], entry["properties"]["level"]), ("ce spieler ä", "DE", level))
        self.assertEqual(entry["properties"]["cloudevent"]["source"], "/match-server/7")

    def test_binary_mode(self):
        self.check_mode(to_binary_event(event("level_complete", {"level": 1, "country": "DE"})), 1)

    def test_structured_mode(self):
        self.check_mode(to_structured_event(event("level_complete.v2", {"level": 2, "country": "DE"})), 2)

    def test_batched_mode_of_structured_events_with_a_bad_one(self):
        events = [json.loads(to_structured_event(event("tick", {"n": n})).body) for n in range(3)]
        del events[1]["subject"]
        before = processed()["stored"]
        status, body = send(URL + "/v1/cloudevents", json.dumps(events).encode(),
                            {"Content-Type": "application/cloudevents-batch+json", "Authorization": f"Bearer {WRITE_KEY}"})
        answer = json.loads(body)
        self.assertEqual((status, answer["accepted"], answer["rejected"]), (200, 2, 1))
        self.assertEqual([(one["index"], one["tag"]) for one in answer["results"]], [(1, "player_id_missing")])
        self.assertEqual(processed()["stored"] - before, 2)

    def test_refusals(self):
        message = to_structured_event(event("tick", {}))
        self.assertEqual(post(message, key="gm_wk_wrong")[0], 401)
        status, body = post(to_structured_event(event("tick", {}, subject="null")))
        self.assertEqual((status, json.loads(body)["code"]), (400, "gm-event-refused"))


if __name__ == "__main__":
    unittest.main()
