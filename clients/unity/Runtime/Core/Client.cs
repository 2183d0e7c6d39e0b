using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;

namespace GameMetrics
{
    /// <summary>A request that is due. The one who sends it calls Client.Complete with the answer, whatever happens.</summary>
    public sealed class Request
    {
        public string Url, Authorization;
        public byte[] Body;
        public bool Gzip;
        public int TimeoutMs;
    }

    /// <summary>
    /// The client without an engine: it knows what to send and when, and somebody with a network calls TakeDue and Complete.
    /// May be used from any thread; no call waits for anything.
    /// </summary>
    public sealed partial class Client
    {
        private readonly object guard = new object();
        private readonly Options options;
        private readonly string url;
        private readonly Outbox outbox;
        private string key, player, session = "";
        private int? level;
        private long sessionStartMs, lastMs;
        private bool optedOut, isNew, over;

        public Client(string host, string writeKey, Options options)
        {
            this.options = options;
            url = host.TrimEnd('/') + "/v1/events";
            key = writeKey;
            outbox = new Outbox(options);
            var stored = Load("opted_out");
            optedOut = stored == "" ? options.OptedOut : stored == "yes";
            player = StartingPlayer();
            Restore();
        }

        /// <summary>Queues one event and returns its id ("" when opted out).</summary>
        public string Track(string name, IDictionary<string, object> properties = null)
        {
            return Track(new GameEvent { Name = name, Properties = properties });
        }

        public string Track(GameEvent given)
        {
            var id = "";
            Change(() =>
            {
                if (optedOut) return;
                var now = options.ClockMs();
                if (string.IsNullOrEmpty(given.PlayerId) && given.Name != "session_start" && given.Name != "session_end") Touch(now);
                id = Put(given, given.TimeMs == 0 ? now : given.TimeMs);
            });
            return id;
        }

        public void SessionStart()
        {
            Change(() =>
            {
                if (optedOut) return;
                EndSession();
                BeginSession(options.ClockMs());
            });
        }

        public void SessionEnd() { Change(EndSession); }

        /// <summary>Later events are of this player; "" returns to the anonymous id. False when the id is too long.</summary>
        public bool SetPlayer(string id)
        {
            if (Wire.ByteCount(id ?? "") > Wire.NameBytesMax) return false;
            Change(() => player = string.IsNullOrEmpty(id) ? Anonymous() : id);
            return true;
        }

        public string PlayerId { get { lock (guard) return player; } }

        public void SetLevel(int to) { Change(() => level = to); }

        /// <summary>Also resumes sending after a key was refused.</summary>
        public void SetKey(string writeKey)
        {
            Change(() =>
            {
                key = writeKey;
                outbox.Stopped = false;
            });
        }

        /// <summary>Drops what waits, forgets who it was and sends nothing more, also after a restart when there is a storage.</summary>
        public void OptOut()
        {
            Change(() =>
            {
                optedOut = true;
                session = "";
                Store("opted_out", "yes");
                Store("player_id", "");
                Store("unsent", "");
                outbox.Refuse("opted_out");
            });
        }

        /// <summary>Starts as somebody new.</summary>
        public void OptIn()
        {
            Change(() =>
            {
                optedOut = false;
                Store("opted_out", "no");
                player = StartingPlayer();
                outbox.Refusing = null;
            });
        }

        public Stats Stats { get { lock (guard) return outbox.Stats; } }

        public bool Idle { get { lock (guard) return outbox.Idle; } }

        public bool Stopped { get { lock (guard) return outbox.Stopped; } }

        /// <summary>What waits is due now.</summary>
        public void Flush() { Change(outbox.Flush); }

        /// <summary>Saves what waits, for a system may end the game without another word.</summary>
        public void Save()
        {
            lock (guard)
            {
                if (options.Storage == null || optedOut) return;
                var text = new StringBuilder();
                foreach (var record in outbox.Waiting) text.Append(record.Json).Append('\n');
                Store("unsent", text.ToString());
            }
        }

        /// <summary>Ends an automatic session. The owner may then send for a while what TakeDue gives, and calls Close at last.</summary>
        public void PrepareToClose()
        {
            if (options.AutoSession) SessionEnd();
            Flush();
        }

        /// <summary>The end: what was not sent is saved when there is a storage, else dropped. Later events are dropped.</summary>
        public void Close()
        {
            Save();
            Change(() =>
            {
                over = true;
                if (options.Storage == null) outbox.Refuse("shut_down");
            });
        }

        /// <summary>The request that is due now, or null. One at a time.</summary>
        public Request TakeDue()
        {
            byte[] body;
            var request = new Request { Url = url, TimeoutMs = options.RequestTimeoutMs };
            lock (guard)
            {
                var due = outbox.DueAt();
                var now = SteadyMs();
                if (over || due == null || due > now) return null;
                body = Wire.Envelope(outbox.Take(now), options.ClockMs());
                request.Authorization = "Bearer " + key;
            }
            var small = Wire.Gzip(body, options.GzipBytesMin);
            request.Gzip = small != null;
            request.Body = small ?? body;
            return request;
        }

        public void Complete(Answer answer) { Change(() => outbox.Settle(answer, SteadyMs())); }

        private static long SteadyMs() { return Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000); }

        /// <summary>Changes with the lock held, then calls the callbacks without it. A callback that throws harms nobody.</summary>
        private void Change(Action what)
        {
            List<object> notices;
            lock (guard)
            {
                what();
                notices = outbox.Notices;
                outbox.Notices = new List<object>();
            }
            foreach (var notice in notices)
            {
                try
                {
                    if (notice is Dropped && options.OnDrop != null) options.OnDrop((Dropped)notice);
                    if (notice is Failure && options.OnError != null) options.OnError((Failure)notice);
                }
                catch (Exception) { }
            }
        }

        private string Load(string name) { return options.Storage == null ? "" : options.Storage.Get(name) ?? ""; }

        private void Store(string name, string value)
        {
            if (options.Storage != null) options.Storage.Set(name, value);
        }

        private string StartingPlayer() { return string.IsNullOrEmpty(options.PlayerId) ? Anonymous() : options.PlayerId; }

        private string Anonymous()
        {
            var id = Load("player_id");
            if (id != "") return id;
            id = Wire.Uuid7(options.ClockMs());
            if (options.Storage == null || optedOut) return id;
            isNew = true;
            Store("player_id", id);
            return id;
        }

        /// <summary>True when an event of now has to open a new session.</summary>
        private bool SessionIsOver(long now) { return session == "" ? options.AutoSession : now - lastMs > options.SessionGapMs; }

        private void Touch(long now)
        {
            if (SessionIsOver(now)) BeginSession(now);
            lastMs = now;
        }

        private void BeginSession(long now)
        {
            session = Wire.Uuid7(now);
            sessionStartMs = lastMs = now;
            if (isNew && options.AutoSession)
            {
                isNew = false;
                Put(new GameEvent { Name = "first_open", Properties = WithLevel(null, null) }, now);
            }
            Put(new GameEvent { Name = "session_start", Properties = WithLevel(null, null) }, now);
        }

        private void EndSession()
        {
            if (session == "") return;
            // A session that was left alone ended with its last event, not when somebody came back.
            var now = options.ClockMs();
            var end = SessionIsOver(now) ? lastMs : now;
            Put(new GameEvent { Name = "session_end", Properties = WithLevel("seconds", Math.Max(0, end - sessionStartMs) / 1000) }, end);
            session = "";
        }

        private string Put(GameEvent given, long timeMs)
        {
            var record = new Record { Id = Wire.Uuid7(options.ClockMs()), Name = given.Name ?? "", Json = "" };
            ++outbox.Counts.Tracked;
            var problem = Wire.NameProblem(given.Name);
            if (problem == null)
            {
                try { record.Json = JsonOf(given, record.Id, timeMs); }
                catch (Exception) { problem = "properties_invalid"; }
            }
            if (problem == null && over) problem = "shut_down";
            record.Bytes = Wire.ByteCount(record.Json);
            if (problem != null) outbox.Drop(record, problem); else outbox.Add(record, SteadyMs());
            return record.Id;
        }

        private string JsonOf(GameEvent given, string id, long timeMs)
        {
            var own = given.Context ?? new Context();
            var otherPlayer = !string.IsNullOrEmpty(given.PlayerId);
            var fields = new Dictionary<string, object> { { "event_id", id }, { "event", given.Name }, { "player_id", otherPlayer ? given.PlayerId : player }, { "time", Wire.IsoTime(timeMs) } };
            AddText(fields, "session_id", given.SessionId, otherPlayer ? "" : session);
            AddText(fields, "country", own.Country, options.Context.Country);
            AddText(fields, "platform", own.Platform, options.Context.Platform);
            AddText(fields, "device", own.Device, options.Context.Device);
            AddText(fields, "build", own.Build, options.Context.Build);
            if (!string.IsNullOrEmpty(given.Amount)) fields["revenue"] = new Dictionary<string, object> { { "amount", given.Amount }, { "currency", given.Currency } };
            fields["properties"] = given.Properties ?? new Dictionary<string, object>();
            var json = new StringBuilder();
            JsonWriter.Write(json, fields);
            return json.ToString();
        }

        private static void AddText(Dictionary<string, object> to, string name, string own, string general)
        {
            var value = string.IsNullOrEmpty(own) ? general : own;
            if (!string.IsNullOrEmpty(value)) to[name] = value;
        }

        private void Restore()
        {
            if (options.Storage == null || optedOut) return;
            foreach (var line in Load("unsent").Split('\n'))
            {
                var record = Wire.ReadRecord(line);
                if (record == null) continue;
                ++outbox.Counts.Restored;
                outbox.Add(record, SteadyMs());
            }
            Store("unsent", "");
        }
    }
}
