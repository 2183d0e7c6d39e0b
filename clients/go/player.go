package gamemetrics

import "time"

// player is who plays, and in which session.
type player struct {
	options      *Options
	id           string
	optedOut     bool
	isNew        bool
	level        *int
	session      string
	sessionStart time.Time
	last         time.Time
}

func newPlayer(options *Options) *player {
	p := &player{options: options, optedOut: options.OptedOut}
	if stored := p.stored("opted_out"); stored != "" {
		p.optedOut = stored == "yes"
	}
	p.identify(options.PlayerID)
	return p
}

func (p *player) stored(name string) string {
	if p.options.Storage == nil {
		return ""
	}
	return p.options.Storage.Get(name)
}

func (p *player) store(name, value string) {
	if p.options.Storage != nil {
		p.options.Storage.Set(name, value)
	}
}

func (p *player) anonymous() string {
	if found := p.stored("player_id"); found != "" {
		return found
	}
	made := uuid7(p.options.Clock())
	if p.options.Storage != nil && !p.optedOut {
		p.isNew = true
		p.store("player_id", made)
	}
	return made
}

func (p *player) identify(id string) bool {
	if len(id) > nameBytesMax {
		return false
	}
	if id == "" {
		id = p.anonymous()
	}
	p.id = id
	return true
}

// opt: opting out forgets who it was; opting in again starts as somebody new.
func (p *player) opt(out bool) {
	p.optedOut = out
	if !out {
		p.store("opted_out", "no")
		p.identify(p.options.PlayerID)
		return
	}
	p.session = ""
	p.store("opted_out", "yes")
	p.store("player_id", "")
	p.store("unsent", "")
}

// sessionIsOver is true when an event of now has to open a new session.
func (p *player) sessionIsOver(now time.Time) bool {
	if p.session == "" {
		return p.options.AutoSession
	}
	return now.Sub(p.last) > p.options.SessionGap
}

func (p *player) beginSession(now time.Time) {
	p.session, p.sessionStart, p.last = uuid7(now), now, now
}
