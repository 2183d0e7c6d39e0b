// The parts of Unity that the package uses, by name and type only, so that a compiler without Unity can check the package. Never run.
using System;
using System.Collections;

namespace UnityEngine
{
    public class Object { public static void DontDestroyOnLoad(Object target) { throw new NotSupportedException(); } }
    public class Component : Object { }
    public class Behaviour : Component { }
    public class Coroutine { }
    public class AsyncOperation { }
    public class MonoBehaviour : Behaviour { public Coroutine StartCoroutine(IEnumerator routine) { throw new NotSupportedException(); } }
    public class GameObject : Object
    {
        public GameObject(string name) { throw new NotSupportedException(); }
        public T AddComponent<T>() where T : Component { throw new NotSupportedException(); }
    }
    public enum RuntimePlatform { Android, IPhonePlayer, WebGLPlayer }
    public static class Application
    {
        public static string persistentDataPath { get { throw new NotSupportedException(); } }
        public static string version { get { throw new NotSupportedException(); } }
        public static RuntimePlatform platform { get { throw new NotSupportedException(); } }
    }
    public static class SystemInfo { public static string deviceModel { get { throw new NotSupportedException(); } } }
    public static class Debug { public static void LogWarning(object message) { throw new NotSupportedException(); } }
}

namespace UnityEngine.Networking
{
    public class UploadHandler { }
    public class UploadHandlerRaw : UploadHandler { public UploadHandlerRaw(byte[] data) { throw new NotSupportedException(); } }
    public class DownloadHandler { public string text { get { throw new NotSupportedException(); } } }
    public class DownloadHandlerBuffer : DownloadHandler { }
    public class UnityWebRequestAsyncOperation : AsyncOperation { }
    public class UnityWebRequest : IDisposable
    {
        public enum Result { InProgress, Success, ConnectionError, ProtocolError, DataProcessingError }
        public UnityWebRequest(string url, string method) { throw new NotSupportedException(); }
        public UploadHandler uploadHandler { get; set; }
        public DownloadHandler downloadHandler { get; set; }
        public int timeout { get; set; }
        public int redirectLimit { get; set; }
        public long responseCode { get { throw new NotSupportedException(); } }
        public Result result { get { throw new NotSupportedException(); } }
        public void SetRequestHeader(string name, string value) { throw new NotSupportedException(); }
        public string GetResponseHeader(string name) { throw new NotSupportedException(); }
        public UnityWebRequestAsyncOperation SendWebRequest() { throw new NotSupportedException(); }
        public void Dispose() { throw new NotSupportedException(); }
    }
}
