using System;
using System.Collections.Generic;
using System.Linq;

namespace GameMetrics
{
    /// <summary>What a server answered; status 0: nothing.</summary>
    public struct Answer
    {
        public int Status;
        public string RetryAfter, Body;
    }

    /// <summary>
    /// What waits to be sent, what is on its way, and what an answer means for it. Nothing here does input or output or reads a clock,
    /// so that every rule can be tested.
    /// </summary>
    internal sealed class Outbox
    {
        public bool Stopped;
        public string Refusing;
        public Stats Counts;
        public List<object> Notices = new List<object>();
        private readonly Options options;
        private readonly Random random = new Random();
        private readonly LinkedList<Record> queue = new LinkedList<Record>();
        private List<Record> inFlight = new List<Record>();
        private long bytes, notBefore, waitingSince;
        private int batchLimit, attempts;
        private bool hurry;

        public Outbox(Options options)
        {
            this.options = options;
            batchLimit = options.BatchEventsMax;
        }

        public Stats Stats
        {
            get
            {
                var stats = Counts;
                stats.Queued = queue.Count + inFlight.Count;
                return stats;
            }
        }

        public bool Idle { get { return queue.Count == 0 && inFlight.Count == 0; } }

        public IEnumerable<Record> Waiting { get { return inFlight.Concat(queue); } }

        public void Add(Record record, long now)
        {
            if (record.Bytes > options.EventBytesMax)
            {
                Drop(record, "event_too_large", record.Bytes + " bytes");
                return;
            }
            if (queue.Count == 0) waitingSince = now;
            queue.AddLast(record);
            bytes += record.Bytes;
            Trim();
        }

        public void Drop(Record record, string reason, string detail = "", bool byServer = false)
        {
            if (byServer) ++Counts.Rejected; else ++Counts.Dropped;
            Notices.Add(new Dropped { EventId = record.Id, Event = record.Name, Reason = reason, Detail = detail, ByServer = byServer });
        }

        public void Flush() { hurry = !Idle; }

        /// <summary>From now on nothing is kept: what waits is dropped, what comes back from a failed request, too.</summary>
        public void Refuse(string reason)
        {
            Refusing = reason;
            while (queue.Count > 0) Drop(Pop(), reason);
        }

        /// <summary>When the next request may start; null when there is nothing to send.</summary>
        public long? DueAt()
        {
            if (Stopped || inFlight.Count > 0 || queue.Count == 0) return null;
            var full = queue.Count >= options.FlushEvents || bytes >= options.FlushBytes;
            if (hurry || attempts > 0 || full) return notBefore;
            return Math.Max(notBefore, waitingSince + options.FlushIntervalMs);
        }

        public List<Record> Take(long now)
        {
            long size = 0;
            while (queue.Count > 0 && inFlight.Count < batchLimit)
            {
                size += queue.First.Value.Bytes;
                if (inFlight.Count > 0 && size > options.BatchBytesMax) break;
                inFlight.Add(Pop());
            }
            waitingSince = now;
            ++Counts.Requests;
            return inFlight;
        }

        public void Settle(Answer answer, long now)
        {
            var records = inFlight;
            inFlight = new List<Record>();
            var results = ResultsOf(answer);
            if (results != null) Delivered(records, results, now);
            else if (answer.Status == 413) TooLarge(records, answer);
            else if (answer.Status >= 400 && answer.Status < 500 && answer.Status != 408 && answer.Status != 429) Refused(records, answer);
            else
            {
                Failed(answer, true);
                PutBack(records);
                Wait(answer.RetryAfter, now);
            }
            if (queue.Count == 0) hurry = false;
        }

        private void Delivered(List<Record> records, List<object> results, long now)
        {
            var verdicts = new Dictionary<int, IDictionary<string, object>>();
            foreach (var result in results.OfType<Dictionary<string, object>>())
            {
                object index;
                if (result.TryGetValue("index", out index) && index is double) verdicts[(int)(double)index] = result;
            }
            var again = new List<Record>();
            for (var i = 0; i < records.Count; ++i)
            {
                IDictionary<string, object> result;
                verdicts.TryGetValue(i, out result);
                var verdict = JsonReader.Text(result, "verdict");
                if (verdict == "retry") again.Add(records[i]);
                else if (verdict == "drop") Drop(records[i], JsonReader.Text(result, "tag"), JsonReader.Text(result, "detail"), true);
                else
                {
                    ++Counts.Delivered;
                    if (verdict == "warning") ++Counts.Warned;
                }
            }
            PutBack(again);
            if (again.Count > 0) Wait("", now); else Calm();
        }

        private void TooLarge(List<Record> records, Answer answer)
        {
            Failed(answer, records.Count > 1);
            if (records.Count > 1)
            {
                batchLimit = records.Count / 2;
                PutBack(records);
                hurry = true;
                return;
            }
            // The event that did not fit is gone; its neighbours need not travel alone for it.
            Drop(records[0], "event_too_large", "the server refuses it");
            batchLimit = options.BatchEventsMax;
        }

        private void Refused(List<Record> records, Answer answer)
        {
            var keyRefused = answer.Status == 401 || answer.Status == 403;
            Stopped = Stopped || keyRefused;
            var failure = Failed(answer, false);
            foreach (var record in records) Drop(record, keyRefused ? "key_refused" : "http_" + answer.Status, failure.Detail);
            Calm();
        }

        private Failure Failed(Answer answer, bool willRetry)
        {
            var problem = JsonReader.ReadObject(answer.Body);
            var code = JsonReader.Text(problem, "code");
            var failure = new Failure { Status = answer.Status, Code = code == "" ? CodeOf(answer.Status) : code, Detail = JsonReader.Text(problem, "detail"), WillRetry = willRetry };
            ++Counts.Failures;
            Notices.Add(failure);
            return failure;
        }

        private void PutBack(List<Record> records)
        {
            for (var i = records.Count - 1; i >= 0; --i)
            {
                if (Refusing != null)
                {
                    Drop(records[i], Refusing);
                    continue;
                }
                queue.AddFirst(records[i]);
                bytes += records[i].Bytes;
            }
            Trim();
        }

        /// <summary>Full jitter: clients that failed together do not come back together.</summary>
        private void Wait(string retryAfter, long now)
        {
            var ceiling = Math.Min(options.RetryMaxMs, options.RetryBaseMs << Math.Min(attempts++, 20));
            var seconds = !string.IsNullOrEmpty(retryAfter) && retryAfter.Length < 10 && retryAfter.All(c => c >= '0' && c <= '9');
            var asked = seconds ? Math.Min(long.Parse(retryAfter) * 1000, options.RetryAfterMaxMs) : 0;
            notBefore = now + Math.Max((long)(random.NextDouble() * ceiling), asked);
        }

        private void Calm()
        {
            attempts = 0;
            notBefore = 0;
        }

        private void Trim()
        {
            while (queue.Count > options.QueueEventsMax || bytes > options.QueueBytesMax) Drop(Pop(), "queue_full");
        }

        private Record Pop()
        {
            var record = queue.First.Value;
            queue.RemoveFirst();
            bytes -= record.Bytes;
            return record;
        }

        /// <summary>Null unless the server said how many events it took: a hotel's login page also answers 200.</summary>
        private static List<object> ResultsOf(Answer answer)
        {
            object accepted, results;
            var body = answer.Status >= 200 && answer.Status < 300 ? JsonReader.ReadObject(answer.Body) : null;
            if (body == null || !body.TryGetValue("accepted", out accepted) || !(accepted is double)) return null;
            return body.TryGetValue("results", out results) && results is List<object> ? (List<object>)results : new List<object>();
        }

        private static string CodeOf(int status)
        {
            if (status == 0) return "network";
            return status >= 200 && status < 300 ? "answer_unreadable" : "http_" + status;
        }
    }
}
