package gamemetrics

import (
	"log"
	"time"
)

// Dropped is an event that will never be counted, and why.
type Dropped struct {
	EventID, Event, Reason, Detail string
	ByServer                       bool
}

// Failure is a request that was not answered with success; status 0 means no answer.
type Failure struct {
	Status       int
	Code, Detail string
	WillRetry    bool
}

// Context says where an event happened.
type Context struct {
	Country, Platform, Device, Build string
}

// Options of a client. A zero value takes the default named behind it.
type Options struct {
	PlayerID        string  // anonymous, kept in Storage
	Storage         Storage // none
	AutoSession     bool
	OptedOut        bool // where the player has not decided yet
	Context         Context
	FlushEvents     int           // 20
	FlushInterval   time.Duration // 10 s
	FlushBytes      int           // 64 KiB
	BatchEventsMax  int           // 100
	BatchBytesMax   int           // 256 KiB
	QueueEventsMax  int           // 5000
	QueueBytesMax   int           // 2 MiB
	EventBytesMax   int           // 64 KiB
	GzipBytesMin    int           // 1 KiB
	RetryBase       time.Duration // 1 s
	RetryMax        time.Duration // 60 s
	RetryAfterMax   time.Duration // 300 s
	RequestTimeout  time.Duration // 10 s
	SessionGap      time.Duration // 30 min
	ShutdownTimeout time.Duration // 3 s
	OnDrop          func(Dropped) // log.Printf
	OnError         func(Failure) // log.Printf
	Clock           func() time.Time
}

func defaultTo[T int | time.Duration](value *T, standard T) {
	if *value <= 0 {
		*value = standard
	}
}

func (o *Options) fill() {
	defaultTo(&o.FlushEvents, 20)
	defaultTo(&o.FlushInterval, 10*time.Second)
	defaultTo(&o.FlushBytes, 64<<10)
	defaultTo(&o.BatchEventsMax, 100)
	defaultTo(&o.BatchBytesMax, 256<<10)
	defaultTo(&o.QueueEventsMax, 5000)
	defaultTo(&o.QueueBytesMax, 2<<20)
	defaultTo(&o.EventBytesMax, 64<<10)
	defaultTo(&o.GzipBytesMin, 1<<10)
	defaultTo(&o.RetryBase, time.Second)
	defaultTo(&o.RetryMax, time.Minute)
	defaultTo(&o.RetryAfterMax, 5*time.Minute)
	defaultTo(&o.RequestTimeout, 10*time.Second)
	defaultTo(&o.SessionGap, 30*time.Minute)
	defaultTo(&o.ShutdownTimeout, 3*time.Second)
	if o.OnDrop == nil {
		o.OnDrop = func(d Dropped) { log.Printf("gamemetrics: event dropped: %+v", d) }
	}
	if o.OnError == nil {
		o.OnError = func(f Failure) { log.Printf("gamemetrics: sending failed: %+v", f) }
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
}
