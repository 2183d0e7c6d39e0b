using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace GameMetrics
{
    /// <summary>An event with everything that it may name itself.</summary>
    public sealed class GameEvent
    {
        public string Name;
        public IDictionary<string, object> Properties;
        /// <summary>Revenue: a decimal in major units ("4.99"); null is none.</summary>
        public string Amount, Currency;
        /// <summary>Another player than the client's; such an event belongs to no session of the client.</summary>
        public string PlayerId;
        public string SessionId;
        /// <summary>0 is now.</summary>
        public long TimeMs;
        public Context Context;
    }

    /// <summary>One event as it will be sent, however often that takes.</summary>
    internal sealed class Record
    {
        public string Id, Name, Json;
        public int Bytes;
    }

    internal static class Wire
    {
        public const int NameBytesMax = 200;
        // The server takes a body that shrinks more than a hundredfold for an attack.
        private const int GzipRatioMax = 50;
        private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

        /// <summary>RFC 9562: 48 bits of time, then random.</summary>
        public static string Uuid7(long nowMs)
        {
            var raw = new byte[10];
            lock (Random) Random.GetBytes(raw);
            raw[0] = (byte)(0x70 | raw[0] & 0x0F);
            raw[2] = (byte)(0x80 | raw[2] & 0x3F);
            var tail = BitConverter.ToString(raw).Replace("-", "").ToLowerInvariant();
            var time = nowMs.ToString("x12");
            return time.Substring(0, 8) + "-" + time.Substring(8) + "-" + tail.Substring(0, 4) + "-" + tail.Substring(4, 4) + "-" + tail.Substring(8);
        }

        public static string IsoTime(long ms)
        {
            var moment = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(ms);
            return moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        public static int ByteCount(string text) { return Encoding.UTF8.GetByteCount(text); }

        public static string NameProblem(string name)
        {
            if (string.IsNullOrEmpty(name)) return "event_name_missing";
            return ByteCount(name) > NameBytesMax ? "event_name_too_long" : null;
        }

        /// <summary>A line that an earlier run saved; null when the file was damaged.</summary>
        public static Record ReadRecord(string line)
        {
            var found = JsonReader.ReadObject(line);
            var record = new Record { Id = JsonReader.Text(found, "event_id"), Name = JsonReader.Text(found, "event"), Json = line, Bytes = ByteCount(line) };
            return record.Id == "" || record.Name == "" ? null : record;
        }

        public static byte[] Envelope(List<Record> records, long sentMs)
        {
            var body = new StringBuilder("{\"sent_at\":\"").Append(IsoTime(sentMs)).Append("\",\"events\":[");
            for (var i = 0; i < records.Count; ++i) body.Append(i > 0 ? "," : "").Append(records[i].Json);
            return Encoding.UTF8.GetBytes(body.Append("]}").ToString());
        }

        /// <summary>Null when compressing is not worth it, or the platform cannot.</summary>
        public static byte[] Gzip(byte[] body, int bytesMin)
        {
            if (body.Length < bytesMin) return null;
            try
            {
                using (var small = new MemoryStream())
                {
                    using (var gzip = new GZipStream(small, CompressionMode.Compress, true)) gzip.Write(body, 0, body.Length);
                    return small.Length * GzipRatioMax < body.Length ? null : small.ToArray();
                }
            }
            catch (Exception) { return null; }
        }
    }
}
