package gamemetrics

// The events of the game model, by the names and properties that the server's own reports use. The level is remembered: purchases,
// errors and sessions carry the level they happened at.

// TutorialStep reports a finished step.
func (c *Client) TutorialStep(step int) string {
	return c.Track("tutorial_step", map[string]any{"step": step})
}

// TutorialComplete reports the end of the tutorial.
func (c *Client) TutorialComplete() string { return c.Track("tutorial_complete", nil) }

// LevelStart reports the start of an attempt; difficulty may be "".
func (c *Client) LevelStart(level int, difficulty string, attempt int) string {
	return c.progression("level_start", level, difficulty, attempt)
}

// LevelComplete reports a level that was won.
func (c *Client) LevelComplete(level int, difficulty string, attempt int) string {
	return c.progression("level_complete", level, difficulty, attempt)
}

// LevelFail reports a level that was lost.
func (c *Client) LevelFail(level int, difficulty string, attempt int) string {
	return c.progression("level_fail", level, difficulty, attempt)
}

// EconomySource reports currency that the player got.
func (c *Client) EconomySource(currency string, amount float64, reason string) string {
	return c.Track("economy_source", map[string]any{"currency": currency, "amount": amount, "reason": reason})
}

// EconomySink reports currency that the player spent.
func (c *Client) EconomySink(currency string, amount float64, item string) string {
	return c.Track("economy_sink", map[string]any{"currency": currency, "amount": amount, "item": item})
}

// StoreOpen reports a look into the store.
func (c *Client) StoreOpen() string { return c.Track("store_open", nil) }

// Purchase reports real money; amount is a decimal in major units ("4.99").
func (c *Client) Purchase(product, amount, currency string) string {
	return c.Revenue("purchase", amount, currency, c.withLevel("product", product))
}

// AdImpression reports an ad; amount may be "" when the network does not tell what it earned.
func (c *Client) AdImpression(placement, format, amount, currency string) string {
	properties := map[string]any{"placement": placement, "format": format}
	if amount == "" {
		return c.Track("ad_impression", properties)
	}
	return c.Revenue("ad_impression", amount, currency, properties)
}

// Error reports something that went wrong.
func (c *Client) Error(kind string) string { return c.Track("error", c.withLevel("kind", kind)) }

// Crash reports something that ended the game.
func (c *Client) Crash(kind string) string { return c.Track("crash", c.withLevel("kind", kind)) }

// Revenue reports any event that earned money.
func (c *Client) Revenue(event, amount, currency string, properties map[string]any) string {
	return c.TrackEvent(Event{Name: event, Properties: properties, Revenue: &Revenue{amount, currency}})
}

func (c *Client) progression(event string, level int, difficulty string, attempt int) string {
	c.SetLevel(level)
	properties := map[string]any{"level": level, "attempt": attempt}
	if difficulty != "" {
		properties["difficulty"] = difficulty
	}
	return c.Track(event, properties)
}

func (c *Client) withLevel(name string, value any) map[string]any {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.player.withLevel(name, value)
}

func (p *player) withLevel(name string, value any) map[string]any {
	properties := map[string]any{}
	if name != "" {
		properties[name] = value
	}
	if p.level != nil {
		properties["level"] = *p.level
	}
	return properties
}
