"""The events of the game model, by the names and properties that the server's own reports use."""
from __future__ import annotations


class GameEvents:
    """Mixed into the client. `level` is remembered: purchases, errors and sessions carry the level they happened at."""

    def tutorial_step(self, step: int) -> str:
        return self.track("tutorial_step", {"step": step})

    def tutorial_complete(self) -> str:
        return self.track("tutorial_complete")

    def level_start(self, level: int, difficulty: str = "", attempt: int = 1) -> str:
        return self._progression("level_start", level, difficulty, attempt)

    def level_complete(self, level: int, difficulty: str = "", attempt: int = 1) -> str:
        return self._progression("level_complete", level, difficulty, attempt)

    def level_fail(self, level: int, difficulty: str = "", attempt: int = 1) -> str:
        return self._progression("level_fail", level, difficulty, attempt)

    def economy_source(self, currency: str, amount: float, reason: str) -> str:
        return self.track("economy_source", {"currency": currency, "amount": amount, "reason": reason})

    def economy_sink(self, currency: str, amount: float, item: str) -> str:
        return self.track("economy_sink", {"currency": currency, "amount": amount, "item": item})

    def store_open(self) -> str:
        return self.track("store_open")

    def purchase(self, product: str, amount, currency: str) -> str:
        return self.revenue("purchase", amount, currency, self._with_level(product=product))

    def ad_impression(self, placement: str, format: str, amount=None, currency: str = "") -> str:
        properties = {"placement": placement, "format": format}
        if amount is None:
            return self.track("ad_impression", properties)
        return self.revenue("ad_impression", amount, currency, properties)

    def error(self, kind: str) -> str:
        return self.track("error", self._with_level(kind=kind))

    def crash(self, kind: str) -> str:
        return self.track("crash", self._with_level(kind=kind))

    def revenue(self, event: str, amount, currency: str, properties=None) -> str:
        return self.track(event, properties, revenue=(amount, currency))

    def _progression(self, event, level, difficulty, attempt):
        self.set_level(level)
        properties = {"level": level, "attempt": attempt}
        return self.track(event, {**properties, "difficulty": difficulty} if difficulty else properties)
