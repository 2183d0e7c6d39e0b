// Plays the cases of clients/spec/cases.json: one case a line on standard input, what happened a line on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	gamemetrics "gamemetrics/client"
)

type step struct {
	Do, Name, Event, Stat     string
	Arguments                 []any
	Properties                map[string]any
	Options                   map[string]any
	Times, Threads, Fill, Is  int
	MS                        int
	TimeoutMS                 *int   `json:"timeout_ms"`
	PauseMS                   int    `json:"pause_ms"`
	NumberedPlayers           bool   `json:"numbered_players"`
	NotANumber                string `json:"not_a_number"`
	PlayerID                  string `json:"player_id"`
	SessionID                 string `json:"session_id"`
	TimeMS                    int64  `json:"time_ms"`
	Country, Platform, Device string
	Build                     string
	Revenue                   []string
}

type order struct {
	Host, Key  string
	StorageDir string `json:"storage_dir"`
	Options    map[string]any
	Steps      []step
}

type drop struct {
	Event    string `json:"event"`
	EventID  string `json:"event_id"`
	Reason   string `json:"reason"`
	ByServer bool   `json:"by_server"`
}

type play struct {
	order   order
	client  *gamemetrics.Client
	mutex   sync.Mutex
	shift   time.Duration
	errors  []any
	drops   []drop
	returns []bool
	trackMS float64
}

func options(values map[string]any) (o gamemetrics.Options) {
	number := func(name string) int { value, _ := values[name].(float64); return int(value) }
	ms := func(name string) time.Duration { return time.Duration(number(name+"_ms")) * time.Millisecond }
	text := func(name string) string { value, _ := values[name].(string); return value }
	o.PlayerID = text("player_id")
	o.AutoSession, _ = values["auto_session"].(bool)
	o.OptedOut, _ = values["opted_out"].(bool)
	o.Context = gamemetrics.Context{Country: text("country"), Platform: text("platform"), Device: text("device"), Build: text("build")}
	o.FlushEvents, o.FlushBytes, o.FlushInterval = number("flush_events"), number("flush_bytes"), ms("flush_interval")
	o.BatchEventsMax, o.BatchBytesMax = number("batch_events_max"), number("batch_bytes_max")
	o.QueueEventsMax, o.QueueBytesMax = number("queue_events_max"), number("queue_bytes_max")
	o.EventBytesMax = number("event_bytes_max")
	o.RetryBase, o.RetryMax, o.RetryAfterMax = ms("retry_base"), ms("retry_max"), ms("retry_after_max")
	o.RequestTimeout, o.ShutdownTimeout = ms("request_timeout"), ms("shutdown_timeout")
	return o
}

func (p *play) make(changes map[string]any) {
	values := map[string]any{}
	for _, from := range []map[string]any{p.order.Options, changes} {
		for name, value := range from {
			values[name] = value
		}
	}
	o := options(values)
	if p.order.StorageDir != "" {
		o.Storage = gamemetrics.FileStorage(p.order.StorageDir)
	}
	o.Clock = func() time.Time { return time.Now().Add(p.shift) }
	o.OnError = func(f gamemetrics.Failure) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.errors = append(p.errors, []any{f.Status, f.Code, f.WillRetry})
	}
	o.OnDrop = func(d gamemetrics.Dropped) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.drops = append(p.drops, drop{d.Event, d.EventID, d.Reason, d.ByServer})
	}
	client, err := gamemetrics.New(p.order.Host, p.order.Key, o)
	if err != nil {
		panic(err)
	}
	p.client = client
}

func (p *play) track(s step) {
	properties := map[string]any{}
	for name, value := range s.Properties {
		properties[name] = value
	}
	if s.NotANumber != "" {
		properties[s.NotANumber] = math.NaN()
	}
	if s.Fill > 0 {
		properties["fill"] = strings.Repeat("x", s.Fill)
	}
	event := gamemetrics.Event{Name: s.Event, Properties: properties, PlayerID: s.PlayerID, SessionID: s.SessionID,
		Context: gamemetrics.Context{Country: s.Country, Platform: s.Platform, Device: s.Device, Build: s.Build}}
	if s.TimeMS != 0 {
		event.Time = time.UnixMilli(s.TimeMS)
	}
	if s.Times == 0 {
		s.Times = 1
	}
	if s.Threads == 0 {
		s.Threads = 1
	}
	started := time.Now()
	var all sync.WaitGroup
	for thread := 0; thread < s.Threads; thread++ {
		all.Add(1)
		go func(event gamemetrics.Event) {
			defer all.Done()
			for i := 0; i < s.Times; i++ {
				if s.NumberedPlayers {
					event.PlayerID = fmt.Sprintf("p-%d", i)
				}
				p.client.TrackEvent(event)
				time.Sleep(time.Duration(s.PauseMS) * time.Millisecond)
			}
		}(event)
	}
	all.Wait()
	p.trackMS += float64(time.Since(started).Milliseconds())
}

func stats(c *gamemetrics.Client) map[string]int {
	s := c.Stats()
	return map[string]int{"tracked": s.Tracked, "restored": s.Restored, "delivered": s.Delivered, "warned": s.Warned,
		"rejected": s.Rejected, "dropped": s.Dropped, "requests": s.Requests, "failures": s.Failures, "queued": s.Queued}
}

func (p *play) call(s step) {
	text := func(i int) string {
		if i >= len(s.Arguments) {
			return ""
		}
		value, _ := s.Arguments[i].(string)
		return value
	}
	number := func(i int) float64 { return s.Arguments[i].(float64) }
	c := p.client
	calls := map[string]func(){
		"tutorial_step":     func() { c.TutorialStep(int(number(0))) },
		"tutorial_complete": func() { c.TutorialComplete() },
		"level_start":       func() { c.LevelStart(int(number(0)), text(1), int(number(2))) },
		"level_complete":    func() { c.LevelComplete(int(number(0)), text(1), int(number(2))) },
		"level_fail":        func() { c.LevelFail(int(number(0)), text(1), int(number(2))) },
		"economy_source":    func() { c.EconomySource(text(0), number(1), text(2)) },
		"economy_sink":      func() { c.EconomySink(text(0), number(1), text(2)) },
		"store_open":        func() { c.StoreOpen() },
		"purchase":          func() { c.Purchase(text(0), text(1), text(2)) },
		"ad_impression":     func() { c.AdImpression(text(0), text(1), text(2), text(3)) },
		"error":             func() { c.Error(text(0)) },
		"crash":             func() { c.Crash(text(0)) },
		"revenue":           func() { c.Revenue(text(0), text(1), text(2), s.Arguments[3].(map[string]any)) },
		"set_player":        func() { c.SetPlayer(text(0)) },
		"set_level":         func() { c.SetLevel(int(number(0))) },
		"set_key":           func() { c.SetKey(text(0)) },
		"session_start":     c.SessionStart,
		"session_end":       c.SessionEnd,
		"opt_out":           c.OptOut,
		"opt_in":            c.OptIn,
	}
	calls[s.Name]()
}

func (s step) timeout(standard int) time.Duration {
	if s.TimeoutMS != nil {
		standard = *s.TimeoutMS
	}
	return time.Duration(standard) * time.Millisecond
}

func (p *play) step(s step) {
	switch s.Do {
	case "track":
		p.track(s)
	case "call":
		p.call(s)
	case "flush":
		p.returns = append(p.returns, p.client.Flush(s.timeout(4000)))
	case "shutdown":
		p.returns = append(p.returns, p.client.ShutdownWithin(s.timeout(2000)))
	case "new_client":
		p.make(s.Options)
	case "wait":
		time.Sleep(time.Duration(s.MS) * time.Millisecond)
	case "wait_until":
		for end := time.Now().Add(5 * time.Second); stats(p.client)[s.Stat] < s.Is && time.Now().Before(end); {
			time.Sleep(2 * time.Millisecond)
		}
	case "advance_clock":
		p.shift += time.Duration(s.MS) * time.Millisecond
	default:
		panic("unknown step " + s.Do)
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	var p *play
	for lines.Scan() {
		if p != nil {
			p.client.ShutdownWithin(0) // not earlier: what it sends then is no part of its case
		}
		p = &play{errors: []any{}, drops: []drop{}, returns: []bool{}}
		if err := json.Unmarshal(lines.Bytes(), &p.order); err != nil {
			panic(err)
		}
		p.make(nil)
		for _, s := range p.order.Steps {
			p.step(s)
		}
		time.Sleep(20 * time.Millisecond) // callbacks of the last answer may still run on the client's goroutine
		p.mutex.Lock()
		text, _ := json.Marshal(map[string]any{"stats": stats(p.client), "errors": p.errors, "drops": p.drops, "returns": p.returns, "track_ms": p.trackMS})
		p.mutex.Unlock()
		fmt.Println(string(text))
	}
}
