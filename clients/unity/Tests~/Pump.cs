// Stands in for Unity's frames and UnityWebRequest: asks the client every millisecond for a request that is due.
using System;
using System.IO;
using System.Net;
using System.Threading;
using GameMetrics;

internal sealed class Pump
{
    private readonly Client client;
    private volatile bool over;

    public Pump(Client client)
    {
        this.client = client;
        new Thread(Run) { IsBackground = true }.Start();
    }

    public void Stop() { over = true; }

    private void Run()
    {
        while (!over)
        {
            var request = client.TakeDue();
            if (request == null) Thread.Sleep(1);
            else client.Complete(Send(request));
        }
    }

    private static Answer Send(Request request)
    {
        try
        {
            var web = (HttpWebRequest)WebRequest.Create(request.Url);
            web.Method = "POST";
            web.ContentType = "application/json";
            web.Headers["Authorization"] = request.Authorization;
            if (request.Gzip) web.Headers["Content-Encoding"] = "gzip";
            web.AllowAutoRedirect = false;
            web.Proxy = null;
            web.ServicePoint.Expect100Continue = false;
            web.Timeout = web.ReadWriteTimeout = request.TimeoutMs;
            using (var stream = web.GetRequestStream()) stream.Write(request.Body, 0, request.Body.Length);
            using (var answer = (HttpWebResponse)web.GetResponse()) return AnswerOf(answer);
        }
        catch (WebException error)
        {
            return error.Response == null ? new Answer() : AnswerOf((HttpWebResponse)error.Response);
        }
        catch (Exception)
        {
            return new Answer();
        }
    }

    private static Answer AnswerOf(HttpWebResponse answer)
    {
        using (var reader = new StreamReader(answer.GetResponseStream()))
            return new Answer { Status = (int)answer.StatusCode, RetryAfter = answer.Headers["Retry-After"], Body = reader.ReadToEnd() };
    }
}
