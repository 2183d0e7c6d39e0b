// Package gamemetrics sends game events to a GameMetrics Pro server; what it does is written in docs/sdk-spec.md of the server's
// repository.
package gamemetrics

import (
	"log"
	"strings"
	"sync"
	"time"
)

// Client is made once and used from any goroutine.
type Client struct {
	options   Options
	transport *transport
	mutex     sync.Mutex // guards everything below
	key       string
	outbox    *outbox
	player    *player
	over      bool
	changed   chan struct{} // closed and replaced at every change
}

// New fails only when the host is no URL.
func New(host, writeKey string, options Options) (*Client, error) {
	options.fill()
	way, err := newTransport(host, options.RequestTimeout)
	if err != nil {
		return nil, err
	}
	c := &Client{options: options, transport: way, key: writeKey, changed: make(chan struct{})}
	c.outbox = newOutbox(&c.options)
	c.player = newPlayer(&c.options)
	c.restore()
	go c.run()
	return c, nil
}

// Track queues one event and returns its id ("" when opted out). It never waits for the network.
func (c *Client) Track(event string, properties map[string]any) string {
	return c.TrackEvent(Event{Name: event, Properties: properties})
}

// TrackEvent is Track for an event that names more than properties.
func (c *Client) TrackEvent(event Event) (id string) {
	c.change(func() {
		if c.player.optedOut {
			return
		}
		now := c.options.Clock()
		if event.Time.IsZero() {
			event.Time = now
		}
		if event.PlayerID == "" && event.Name != "session_start" && event.Name != "session_end" {
			c.touch(now)
		}
		id = c.put(event)
	})
	return id
}

// SessionStart opens a session, and ends the one that is open.
func (c *Client) SessionStart() {
	c.change(func() {
		if !c.player.optedOut {
			c.endSession()
			c.beginSession(c.options.Clock())
		}
	})
}

// SessionEnd ends the session, if there is one.
func (c *Client) SessionEnd() { c.change(c.endSession) }

// SetPlayer makes later events this player's; "" returns to the anonymous id. False when the id is too long.
func (c *Client) SetPlayer(id string) (ok bool) {
	c.change(func() { ok = c.player.identify(id) })
	return ok
}

// PlayerID is the id that events carry now.
func (c *Client) PlayerID() (id string) {
	c.change(func() { id = c.player.id })
	return id
}

// SetLevel is for games that do not report levels through the helpers.
func (c *Client) SetLevel(level int) { c.change(func() { c.player.level = &level }) }

// SetKey also resumes sending after a key was refused.
func (c *Client) SetKey(writeKey string) {
	c.change(func() { c.key, c.outbox.stopped = writeKey, false })
}

// OptOut drops what waits and sends nothing more, also after a restart when there is a storage.
func (c *Client) OptOut() {
	c.change(func() {
		c.player.opt(true)
		c.outbox.refuse("opted_out")
	})
}

// OptIn ends OptOut.
func (c *Client) OptIn() {
	c.change(func() {
		c.player.opt(false)
		c.outbox.refusing = ""
	})
}

// Stats are the counts since New.
func (c *Client) Stats() Stats {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.outbox.stats()
}

// Flush sends what waits now; true when nothing is left. False after the time, or when the key was refused.
func (c *Client) Flush(timeout time.Duration) bool {
	c.change(c.outbox.flush)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		c.mutex.Lock()
		idle, stopped, changed := c.outbox.idle(), c.outbox.stopped, c.changed
		c.mutex.Unlock()
		if idle || stopped {
			return idle
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

// Shutdown sends what waits, within ShutdownTimeout; the rest is saved when there is a storage, else dropped. True when all is sent.
func (c *Client) Shutdown() bool { return c.ShutdownWithin(c.options.ShutdownTimeout) }

// ShutdownWithin is Shutdown with a time of its own.
func (c *Client) ShutdownWithin(timeout time.Duration) bool {
	c.mutex.Lock()
	over, idle := c.over, c.outbox.idle()
	c.mutex.Unlock()
	if over {
		return idle
	}
	if c.options.AutoSession {
		c.SessionEnd()
	}
	sent := c.Flush(timeout)
	c.change(func() {
		c.over = true
		c.save()
	})
	return sent
}

// change runs with the lock held, then wakes who waits, then calls the callbacks without the lock.
func (c *Client) change(what func()) {
	c.mutex.Lock()
	what()
	close(c.changed)
	c.changed = make(chan struct{})
	notices := c.outbox.notices
	c.outbox.notices = nil
	c.mutex.Unlock()
	for _, notice := range notices {
		c.tell(notice)
	}
}

func (c *Client) tell(notice any) {
	defer func() {
		if found := recover(); found != nil {
			log.Printf("gamemetrics: a callback panicked: %v", found)
		}
	}()
	switch n := notice.(type) {
	case Dropped:
		c.options.OnDrop(n)
	case Failure:
		c.options.OnError(n)
	}
}

func (c *Client) touch(now time.Time) {
	if c.player.sessionIsOver(now) {
		c.beginSession(now)
	}
	c.player.last = now
}

func (c *Client) beginSession(now time.Time) {
	c.player.beginSession(now)
	if c.player.isNew && c.options.AutoSession {
		c.player.isNew = false
		c.put(Event{Name: "first_open", Properties: c.player.withLevel("", nil), Time: now})
	}
	c.put(Event{Name: "session_start", Properties: c.player.withLevel("", nil), Time: now})
}

func (c *Client) endSession() {
	p, end := c.player, c.options.Clock()
	if p.session == "" {
		return
	}
	// A session that was left alone ended with its last event, not when somebody came back.
	if p.sessionIsOver(end) {
		end = p.last
	}
	seconds := int(end.Sub(p.sessionStart).Seconds())
	if seconds < 0 {
		seconds = 0
	}
	c.put(Event{Name: "session_end", Properties: p.withLevel("seconds", seconds), Time: end})
	p.session = ""
}

func (c *Client) put(event Event) string {
	id := uuid7(c.options.Clock())
	c.outbox.counts.Tracked++
	problem := nameProblem(event.Name)
	one := record{id: id, name: event.Name}
	if problem == "" {
		text, err := c.wire(id, event).encode()
		if one.json = text; err != nil {
			problem = "properties_invalid"
		}
	}
	if problem == "" && c.over {
		problem = "shut_down"
	}
	if problem != "" {
		c.outbox.drop(one, problem, "")
	} else {
		c.outbox.add(one, time.Now())
	}
	return id
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

func (c *Client) wire(id string, event Event) wireEvent {
	session := event.SessionID
	if session == "" && event.PlayerID == "" {
		session = c.player.session
	}
	own, general := event.Context, c.options.Context
	return wireEvent{
		ID: id, Event: event.Name, Player: either(event.PlayerID, c.player.id), Time: isoTime(event.Time), Session: session,
		Country: either(own.Country, general.Country), Platform: either(own.Platform, general.Platform),
		Device: either(own.Device, general.Device), Build: either(own.Build, general.Build),
		Revenue: event.Revenue, Properties: event.Properties,
	}
}

func (c *Client) restore() {
	if c.player.optedOut {
		return
	}
	for _, line := range strings.Split(c.player.stored("unsent"), "\n") {
		if one, ok := readRecord(line); ok {
			c.outbox.counts.Restored++
			c.outbox.add(one, time.Now())
		}
	}
	c.player.store("unsent", "")
}

func (c *Client) save() {
	if c.options.Storage == nil {
		c.outbox.refuse("shut_down")
		return
	}
	var lines []string
	for _, one := range c.outbox.waiting() {
		lines = append(lines, string(one.json))
	}
	c.player.store("unsent", strings.Join(lines, "\n"))
}

// run is the one goroutine that sends.
func (c *Client) run() {
	for {
		records, key := c.next()
		if records == nil {
			return
		}
		body, zipped := pack(envelope(records, c.options.Clock()), c.options.GzipBytesMin)
		got := c.transport.post(key, body, zipped)
		c.change(func() { c.outbox.settle(got, time.Now()) })
	}
}

// next waits until a request is due; nil when the client is over.
func (c *Client) next() ([]record, string) {
	for {
		c.mutex.Lock()
		due, any := c.outbox.dueAt()
		changed, now := c.changed, time.Now()
		if c.over {
			c.mutex.Unlock()
			return nil, ""
		}
		if any && !due.After(now) {
			records, key := c.outbox.take(now), c.key
			c.mutex.Unlock()
			return records, key
		}
		c.mutex.Unlock()
		c.sleep(changed, any, due.Sub(now))
	}
}

func (c *Client) sleep(changed chan struct{}, limited bool, duration time.Duration) {
	if !limited {
		<-changed
		return
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}
