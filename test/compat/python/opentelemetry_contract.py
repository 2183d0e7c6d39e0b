"""The published OTLP log exporter against the real server."""
import os
import time
import unittest
import uuid

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExportResult
from opentelemetry.sdk.resources import Resource

from server_view import URL, WRITE_KEY, Proxy, live, processed, real_refusal, send


class Watched(OTLPLogExporter):
    """The exporter as it is; keeps what its exports came to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.results = []

    def export(self, batch):
        self.results.append(super().export(batch))
        return self.results[-1]


class Game:
    """A logger whose records go through the SDK's own batching to `url`."""

    def __init__(self, url, key=WRITE_KEY, compression=Compression.Gzip):
        self.exporter = Watched(url + "/v1/logs", headers={"Authorization": f"Bearer {key}"}, timeout=12, compression=compression)
        resource = Resource({"service.name": "game", "service.version": "1.4.2", "os.name": "ios", "device.model.identifier": "iPhone15,2"})
        self.provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self.provider.add_log_record_processor(BatchLogRecordProcessor(self.exporter))
        self.logger = self.provider.get_logger("game", "2")

    def event(self, name, player="otel-1", **attributes):
        now = time.time_ns()
        self.logger.emit(LogRecord(timestamp=now, observed_timestamp=now, event_name=name, severity_number=SeverityNumber.INFO,
                                   severity_text="INFO", attributes={"user.id": player, "event.id": str(uuid.uuid4()), **attributes}))

    def finish(self):
        self.provider.shutdown()


class OpenTelemetryContract(unittest.TestCase):
    def stored_by(self, action):
        before = processed()["stored"]
        action()
        return processed()["stored"] - before

    def test_events_are_counted_once_and_mapped_and_a_repeat_changes_nothing(self):
        with Proxy(URL) as proxy:
            game = Game(proxy.url)

            def play():
                game.event("session.start", **{"session.id": "s-1"})
                game.event("level_start", level=7, tags=["a", "b"], deep={"x": 1.5, "y": True})
                game.event("purchase", product="gems", revenue=4.99, currency="USD")
                game.finish()

            self.assertEqual(self.stored_by(play), 3)
            self.assertEqual(proxy.answers, [200])
            level = live("level_start")[0]
            self.assertEqual((level["player_id"], level["platform"], level["build"]), ("otel-1", "ios", "1.4.2"))
            self.assertEqual(level["properties"]["level"], 7)
            self.assertEqual(level["properties"]["tags"], ["a", "b"])
            self.assertEqual(level["properties"]["deep"], {"x": 1.5, "y": True})
            self.assertEqual(level["properties"]["resource"]["service.name"], "game")
            self.assertEqual(len(live("session_start")), 1)
            self.assertEqual((live("purchase")[0]["revenue"], live("purchase")[0]["currency"]), (4.99, "USD"))
            path, body, headers, _ = proxy.requests[0]
            self.assertEqual(headers["Content-Encoding"], "gzip")
            duplicates = processed()["duplicates"]
            self.assertEqual(self.stored_by(lambda: self.assertEqual(send(URL + path, body, headers)[0], 200)), 0)
            self.assertEqual(processed()["duplicates"], duplicates + 3)

    def test_a_bad_record_among_good_ones_is_a_partial_success(self):
        with Proxy(URL) as proxy:
            game = Game(proxy.url, compression=Compression.Deflate)

            def play():
                game.event("partial_good")
                game.event("partial_bad", player="null")
                game.finish()

            self.assertEqual(self.stored_by(play), 1)
            self.assertEqual(proxy.answers, [200])
            self.assertEqual(game.exporter.results, [LogRecordExportResult.SUCCESS])

    def test_what_was_refused_for_a_while_arrives_once(self):
        for status in (503, 429):
            with Proxy(URL, [real_refusal(status)] * 2) as proxy:
                game = Game(proxy.url)
                stored = self.stored_by(lambda: (game.event(f"after_{status}"), game.finish()))
                self.assertEqual(stored, 1, status)
                self.assertEqual(proxy.answers, [status, status, 200])
                times = [request[3] for request in proxy.requests]
                self.assertGreater(times[1] - times[0], 0.9, "Retry-After: 1 is kept")

    def test_a_bad_key_and_a_body_too_large_are_not_sent_again(self):
        small_url, small_key = os.environ["GM_SMALL_URL"], os.environ["GM_SMALL_KEY"]
        for target, key, status in ((URL, "gm_wk_wrong", 401), (small_url, small_key, 413)):
            with Proxy(target) as proxy:
                game = Game(proxy.url, key=key, compression=Compression.NoCompression)
                game.event("lost", padding="x" * 5000)
                game.finish()
                self.assertEqual(proxy.answers, [status])
                self.assertEqual(game.exporter.results, [LogRecordExportResult.FAILURE])


if __name__ == "__main__":
    unittest.main()
