// Plays the cases of clients/spec/cases.json: one case a line on standard input, what happened a line on standard output.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using GameMetrics;

internal sealed class Play
{
    private readonly Dictionary<string, object> order;
    private readonly List<object> errors = new List<object>(), drops = new List<object>(), returns = new List<object>();
    private double trackMs;
    private long shiftMs;
    private Client client;
    private Pump pump;

    public Play(Dictionary<string, object> order)
    {
        this.order = order;
        Make(new Dictionary<string, object>());
    }

    private static object Get(IDictionary<string, object> from, string name)
    {
        object found;
        return from.TryGetValue(name, out found) ? found : null;
    }

    private static int Number(IDictionary<string, object> from, string name, int standard = 0) { return Get(from, name) is double ? (int)(double)Get(from, name) : standard; }

    private static string Text(IDictionary<string, object> from, string name) { return Get(from, name) as string ?? ""; }

    private static Context ContextOf(IDictionary<string, object> from)
    {
        return new Context { Country = Text(from, "country"), Platform = Text(from, "platform"), Device = Text(from, "device"), Build = Text(from, "build") };
    }

    // flush_events of a case is FlushEvents of the options.
    private static string Pascal(string name) { return string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1))); }

    private void Make(IDictionary<string, object> changes)
    {
        var values = new Dictionary<string, object>((Dictionary<string, object>)order["options"]);
        foreach (var change in changes) values[change.Key] = change.Value;
        var options = new Options { PlayerId = Text(values, "player_id"), Context = ContextOf(values), AutoSession = Equals(Get(values, "auto_session"), true), OptedOut = Equals(Get(values, "opted_out"), true) };
        foreach (var value in values.Where(value => value.Value is double))
        {
            var field = typeof(Options).GetField(Pascal(value.Key));
            if (field != null) field.SetValue(options, Convert.ChangeType(value.Value, field.FieldType));
        }
        var folder = Text(order, "storage_dir");
        if (folder != "") options.Storage = new FileStorage(folder);
        var clock = options.ClockMs;
        options.ClockMs = () => clock() + Interlocked.Read(ref shiftMs);
        options.OnError = f => { lock (errors) errors.Add(new object[] { f.Status, f.Code, f.WillRetry }); };
        options.OnDrop = d => { lock (drops) drops.Add(new Dictionary<string, object> { { "event", d.Event }, { "event_id", d.EventId }, { "reason", d.Reason }, { "by_server", d.ByServer } }); };
        client = new Client((string)order["host"], (string)order["key"], options);
        pump = new Pump(client);
    }

    private GameEvent EventOf(IDictionary<string, object> step)
    {
        var properties = new Dictionary<string, object>(Get(step, "properties") as Dictionary<string, object> ?? new Dictionary<string, object>());
        if (step.ContainsKey("not_a_number")) properties[Text(step, "not_a_number")] = double.NaN;
        if (step.ContainsKey("fill")) properties["fill"] = new string('x', Number(step, "fill"));
        var time = Get(step, "time_ms");
        return new GameEvent { Name = Text(step, "event"), Properties = properties, PlayerId = Text(step, "player_id"), SessionId = Text(step, "session_id"), Context = ContextOf(step), TimeMs = time is double ? (long)(double)time : 0 };
    }

    private void Several(IDictionary<string, object> step)
    {
        var given = EventOf(step);
        for (var i = 0; i < Number(step, "times", 1); ++i)
        {
            if (step.ContainsKey("numbered_players")) given.PlayerId = "p-" + i;
            client.Track(given);
            if (step.ContainsKey("pause_ms")) Thread.Sleep(Number(step, "pause_ms"));
        }
    }

    private void Track(IDictionary<string, object> step)
    {
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Number(step, "threads", 1)).Select(_ => new Thread(() => Several(step))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        trackMs += watch.Elapsed.TotalMilliseconds;
    }

    private void Call(string name, List<object> given)
    {
        var method = typeof(Client).GetMethods().First(one => one.Name == Pascal(name));
        var arguments = method.GetParameters().Select((parameter, i) => i >= given.Count ? parameter.DefaultValue : given[i] is IConvertible ? Convert.ChangeType(given[i], parameter.ParameterType) : given[i]);
        method.Invoke(client, arguments.ToArray());
    }

    private bool Flush(int timeoutMs)
    {
        client.Flush();
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < timeoutMs && !client.Idle && !client.Stopped;) Thread.Sleep(1);
        return client.Idle;
    }

    // What the Unity part does over some frames.
    public bool Shutdown(int timeoutMs)
    {
        client.PrepareToClose();
        var sent = Flush(timeoutMs);
        client.Close();
        pump.Stop();
        return sent;
    }

    private long Stat(string name) { return (long)typeof(Stats).GetField(Pascal(name)).GetValue(client.Stats); }

    private void WaitUntil(IDictionary<string, object> step)
    {
        for (var watch = Stopwatch.StartNew(); Stat(Text(step, "stat")) < Number(step, "is") && watch.ElapsedMilliseconds < 5000;) Thread.Sleep(2);
    }

    private void Step(Dictionary<string, object> step)
    {
        switch (Text(step, "do"))
        {
            case "track": Track(step); break;
            case "call": Call(Text(step, "name"), Get(step, "arguments") as List<object> ?? new List<object>()); break;
            case "flush": returns.Add(Flush(Number(step, "timeout_ms", 4000))); break;
            case "shutdown": returns.Add(Shutdown(Number(step, "timeout_ms", 2000))); break;
            case "new_client": Make(Get(step, "options") as Dictionary<string, object> ?? new Dictionary<string, object>()); break;
            case "wait": Thread.Sleep(Number(step, "ms")); break;
            case "wait_until": WaitUntil(step); break;
            case "advance_clock": Interlocked.Add(ref shiftMs, Number(step, "ms")); break;
            default: throw new ArgumentException("unknown step " + Text(step, "do"));
        }
    }

    public Dictionary<string, object> Run()
    {
        foreach (var step in (List<object>)order["steps"]) Step((Dictionary<string, object>)step);
        Thread.Sleep(20); // callbacks of the last answer may still run on the pump's thread
        var stats = typeof(Stats).GetFields().ToDictionary(field => field.Name.ToLowerInvariant(), field => field.GetValue(client.Stats));
        lock (errors) lock (drops) return new Dictionary<string, object> { { "stats", stats }, { "errors", errors.ToArray() }, { "drops", drops.ToArray() }, { "returns", returns }, { "track_ms", trackMs } };
    }

    private static void Main()
    {
        Console.InputEncoding = Console.OutputEncoding = new UTF8Encoding(false);
        Play play = null;
        for (string line; (line = Console.ReadLine()) != null;)
        {
            if (play != null) play.Shutdown(0); // not earlier: what it sends then is no part of its case
            play = new Play(JsonReader.ReadObject(line));
            var text = new StringBuilder();
            JsonWriter.Write(text, play.Run());
            Console.WriteLine(text);
        }
        Environment.Exit(0);
    }
}
