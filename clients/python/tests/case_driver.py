"""Plays the cases of clients/spec/cases.json: one case a line on standard input, what happened a line on standard output."""
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import gamemetrics  # noqa: E402

OVERRIDES = ("player_id", "session_id", "time_ms", "country", "platform", "device", "build", "revenue")


class Play:
    def __init__(self, case):
        self.case, self.clock_shift = case, 0
        self.errors, self.drops, self.returns, self.track_ms = [], [], [], 0
        self.client = self.make({})

    def make(self, changes):
        options = {**self.case["options"], **changes}
        if self.case["storage_dir"]:
            options["storage"] = gamemetrics.FileStorage(self.case["storage_dir"])
        return gamemetrics.Client(
            self.case["host"], self.case["key"], clock_ms=lambda: int(time.time() * 1000) + self.clock_shift,
            on_error=lambda e: self.errors.append([e.status, e.code, e.will_retry]),
            on_drop=lambda d: self.drops.append({"event": d.event, "event_id": d.event_id, "reason": d.reason, "by_server": d.by_server}),
            **options)

    def track(self, step):
        properties = dict(step.get("properties", {}))
        if "not_a_number" in step:
            properties[step["not_a_number"]] = float("nan")
        if "fill" in step:
            properties["fill"] = "x" * step["fill"]
        overrides = {name: step[name] for name in OVERRIDES if name in step}

        def several():
            for number in range(step.get("times", 1)):
                if step.get("numbered_players"):
                    overrides["player_id"] = f"p-{number}"
                self.client.track(step["event"], properties, **overrides)
                time.sleep(step.get("pause_ms", 0) / 1000)

        started = time.monotonic()
        threads = [threading.Thread(target=several) for _ in range(step.get("threads", 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.track_ms += (time.monotonic() - started) * 1000

    def wait_until(self, step):
        deadline = time.monotonic() + 5
        while self.client.stats()[step["stat"]] < step["is"] and time.monotonic() < deadline:
            time.sleep(0.002)

    def step(self, step):
        do, client = step["do"], self.client
        if do == "track":
            self.track(step)
        elif do == "call":
            getattr(client, step["name"])(*step.get("arguments", []))
        elif do == "flush":
            self.returns.append(client.flush(step.get("timeout_ms", 4000)))
        elif do == "shutdown":
            self.returns.append(client.shutdown(step.get("timeout_ms")))
        elif do == "new_client":
            self.client = self.make(step.get("options", {}))
        elif do == "wait":
            time.sleep(step["ms"] / 1000)
        elif do == "wait_until":
            self.wait_until(step)
        elif do == "advance_clock":
            self.clock_shift += step["ms"]
        else:
            raise ValueError(f"unknown step {do}")

    def result(self):
        time.sleep(0.02)  # callbacks of the last answer may still run on the client's thread
        return {"stats": self.client.stats(), "errors": self.errors, "drops": self.drops, "returns": self.returns, "track_ms": self.track_ms}


play = None
for line in sys.stdin:
    if play:
        play.client.shutdown(0)  # not earlier: what it sends then is no part of its case
    play = Play(json.loads(line))
    for one in play.case["steps"]:
        play.step(one)
    print(json.dumps(play.result()), flush=True)
