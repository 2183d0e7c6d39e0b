extends "client.gd"
# The game model, by the names and properties that the server's own reports use. The level is remembered: purchases, errors and sessions
# carry the level they happened at.


func tutorial_step(step: int) -> String:
	return track("tutorial_step", {"step": step})


func tutorial_complete() -> String:
	return track("tutorial_complete")


func level_start(level: int, difficulty = "", attempt = 1) -> String:
	return _progression("level_start", level, difficulty, attempt)


func level_complete(level: int, difficulty = "", attempt = 1) -> String:
	return _progression("level_complete", level, difficulty, attempt)


func level_fail(level: int, difficulty = "", attempt = 1) -> String:
	return _progression("level_fail", level, difficulty, attempt)


func economy_source(currency: String, amount, reason: String) -> String:
	return track("economy_source", {"currency": currency, "amount": amount, "reason": reason})


func economy_sink(currency: String, amount, item: String) -> String:
	return track("economy_sink", {"currency": currency, "amount": amount, "item": item})


func store_open() -> String:
	return track("store_open")


# The amount is a decimal in major units ("4.99").
func purchase(product: String, amount: String, currency: String) -> String:
	return revenue("purchase", amount, currency, with_level({"product": product}))


# The amount may be left out when the network does not tell what the ad earned.
func ad_impression(placement: String, format: String, amount = "", currency = "") -> String:
	var properties = {"placement": placement, "format": format}
	return track("ad_impression", properties) if amount == "" else revenue("ad_impression", amount, currency, properties)


func error(kind: String) -> String:
	return track("error", with_level({"kind": kind}))


func crash(kind: String) -> String:
	return track("crash", with_level({"kind": kind}))


func revenue(name: String, amount: String, currency: String, properties = {}) -> String:
	return track(name, properties, {"revenue": [amount, currency]})


func _progression(name: String, level: int, difficulty: String, attempt: int) -> String:
	set_level(level)
	var properties = {"level": level, "attempt": attempt}
	if difficulty != "":
		properties["difficulty"] = difficulty
	return track(name, properties)
