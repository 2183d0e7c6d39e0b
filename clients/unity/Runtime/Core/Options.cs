using System;
using System.IO;
using System.Text;

namespace GameMetrics
{
    /// <summary>An event that will never be counted, and why.</summary>
    public sealed class Dropped
    {
        public string EventId, Event, Reason, Detail;
        public bool ByServer;
    }

    /// <summary>A request that was not answered with success; status 0 means no answer.</summary>
    public sealed class Failure
    {
        public int Status;
        public string Code, Detail;
        public bool WillRetry;
    }

    /// <summary>Keeps a few short texts over restarts; an empty value removes. Must not throw.</summary>
    public interface IStorage
    {
        string Get(string name);
        void Set(string name, string value);
    }

    /// <summary>Where an event happened; null is unknown.</summary>
    public sealed class Context
    {
        public string Country, Platform, Device, Build;
    }

    /// <summary>Settings of a client. Times are milliseconds, sizes bytes. Callbacks come without a lock held.</summary>
    public sealed class Options
    {
        public string PlayerId = "";
        public IStorage Storage;
        public bool AutoSession = true;
        public bool OptedOut;
        public Context Context = new Context();
        public int FlushEvents = 20;
        public long FlushIntervalMs = 10000;
        public long FlushBytes = 64 * 1024;
        public int BatchEventsMax = 100;
        public long BatchBytesMax = 256 * 1024;
        public int QueueEventsMax = 5000;
        public long QueueBytesMax = 2 * 1024 * 1024;
        public long EventBytesMax = 64 * 1024;
        public int GzipBytesMin = 1024;
        public long RetryBaseMs = 1000;
        public long RetryMaxMs = 60000;
        public long RetryAfterMaxMs = 300000;
        public int RequestTimeoutMs = 10000;
        public long SessionGapMs = 30 * 60 * 1000;
        public Action<Dropped> OnDrop;
        public Action<Failure> OnError;
        public Func<long> ClockMs = () => (long)(DateTime.UtcNow - new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalMilliseconds;
    }

    /// <summary>Tracked + Restored = Delivered + Rejected + Dropped + Queued.</summary>
    public struct Stats
    {
        public long Tracked, Restored, Delivered, Warned, Rejected, Dropped, Requests, Failures, Queued;
    }

    /// <summary>One small file per value in a folder of this game's own. Two programs must not share the folder.</summary>
    public sealed class FileStorage : IStorage
    {
        private readonly string folder;

        public FileStorage(string folder) { this.folder = folder; }

        public string Get(string name)
        {
            try { return File.ReadAllText(Path.Combine(folder, name), Encoding.UTF8); }
            catch (Exception) { return ""; }
        }

        // A disk that refuses is no reason to stop a game.
        public void Set(string name, string value)
        {
            var path = Path.Combine(folder, name);
            try
            {
                if (string.IsNullOrEmpty(value)) { File.Delete(path); return; }
                Directory.CreateDirectory(folder);
                File.WriteAllText(path + ".new", value, new UTF8Encoding(false));
                File.Delete(path);
                File.Move(path + ".new", path);
            }
            catch (Exception) { }
        }
    }
}
