using System.Collections;
using System.IO;
using UnityEngine;
using UnityEngine.Networking;

namespace GameMetrics
{
    /// <summary>Gives the client Unity's network, clock, files and life cycle: GameMetricsBehaviour.Begin(host, key).LevelStart(1).</summary>
    public sealed class GameMetricsBehaviour : MonoBehaviour
    {
        private Client client;

        /// <summary>Call once, on the main thread. The returned client may be used from any thread.</summary>
        public static Client Begin(string host, string writeKey, Options options = null)
        {
            options = options ?? new Options();
            options.Storage = options.Storage ?? new FileStorage(Path.Combine(Application.persistentDataPath, "gamemetrics"));
            options.Context.Platform = options.Context.Platform ?? PlatformName();
            options.Context.Device = options.Context.Device ?? SystemInfo.deviceModel;
            options.Context.Build = options.Context.Build ?? Application.version;
            options.OnDrop = options.OnDrop ?? (drop => Debug.LogWarning("gamemetrics: event dropped: " + drop.Event + ": " + drop.Reason + " " + drop.Detail));
            options.OnError = options.OnError ?? (failure => Debug.LogWarning("gamemetrics: sending failed: " + failure.Status + " " + failure.Code + " " + failure.Detail));
            var carrier = new GameObject("GameMetrics");
            DontDestroyOnLoad(carrier);
            var behaviour = carrier.AddComponent<GameMetricsBehaviour>();
            behaviour.client = new Client(host, writeKey, options);
            return behaviour.client;
        }

        private static string PlatformName()
        {
            switch (Application.platform)
            {
                case RuntimePlatform.Android: return "android";
                case RuntimePlatform.IPhonePlayer: return "ios";
                case RuntimePlatform.WebGLPlayer: return "web";
                default: return Application.platform.ToString().ToLowerInvariant();
            }
        }

        private void Update()
        {
            var request = client == null ? null : client.TakeDue();
            if (request != null) StartCoroutine(Send(request));
        }

        private IEnumerator Send(Request request)
        {
            using (var web = new UnityWebRequest(request.Url, "POST"))
            {
                web.uploadHandler = new UploadHandlerRaw(request.Body);
                web.downloadHandler = new DownloadHandlerBuffer();
                web.SetRequestHeader("Authorization", request.Authorization);
                web.SetRequestHeader("Content-Type", "application/json");
                if (request.Gzip) web.SetRequestHeader("Content-Encoding", "gzip");
                web.timeout = (request.TimeoutMs + 999) / 1000;
                web.redirectLimit = 0;
                yield return web.SendWebRequest();
                client.Complete(AnswerOf(web));
            }
        }

        private static Answer AnswerOf(UnityWebRequest web)
        {
            var broken = web.result == UnityWebRequest.Result.ConnectionError || web.result == UnityWebRequest.Result.DataProcessingError;
            if (broken) return new Answer();
            return new Answer { Status = (int)web.responseCode, RetryAfter = web.GetResponseHeader("Retry-After"), Body = web.downloadHandler.text };
        }

        // A phone may end a game in the background without another word: this is the last safe moment.
        private void OnApplicationPause(bool paused)
        {
            if (!paused || client == null) return;
            client.Flush();
            client.Save();
        }

        // No frames follow in which a request could finish: the rest is saved, and sent at the next start with the same ids.
        private void OnApplicationQuit()
        {
            if (client == null) return;
            client.PrepareToClose();
            client.Close();
        }
    }
}
