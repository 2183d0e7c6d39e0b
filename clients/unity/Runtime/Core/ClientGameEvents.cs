using System.Collections.Generic;

namespace GameMetrics
{
    /// <summary>
    /// The game model, by the names and properties that the server's own reports use. The level is remembered: purchases, errors and
    /// sessions carry the level they happened at.
    /// </summary>
    public sealed partial class Client
    {
        public string TutorialStep(int step) { return Track("tutorial_step", new Dictionary<string, object> { { "step", step } }); }

        public string TutorialComplete() { return Track("tutorial_complete"); }

        public string LevelStart(int to, string difficulty = "", int attempt = 1) { return Progression("level_start", to, difficulty, attempt); }

        public string LevelComplete(int to, string difficulty = "", int attempt = 1) { return Progression("level_complete", to, difficulty, attempt); }

        public string LevelFail(int to, string difficulty = "", int attempt = 1) { return Progression("level_fail", to, difficulty, attempt); }

        public string EconomySource(string currency, double amount, string reason)
        {
            return Track("economy_source", new Dictionary<string, object> { { "currency", currency }, { "amount", amount }, { "reason", reason } });
        }

        public string EconomySink(string currency, double amount, string item)
        {
            return Track("economy_sink", new Dictionary<string, object> { { "currency", currency }, { "amount", amount }, { "item", item } });
        }

        public string StoreOpen() { return Track("store_open"); }

        /// <summary>Amount is a decimal in major units ("4.99").</summary>
        public string Purchase(string product, string amount, string currency) { return Revenue("purchase", amount, currency, AtLevel("product", product)); }

        /// <summary>Amount may be left out when the network does not tell what the ad earned.</summary>
        public string AdImpression(string placement, string format, string amount = "", string currency = "")
        {
            return Revenue("ad_impression", amount, currency, new Dictionary<string, object> { { "placement", placement }, { "format", format } });
        }

        public string Error(string kind) { return Track("error", AtLevel("kind", kind)); }

        public string Crash(string kind) { return Track("crash", AtLevel("kind", kind)); }

        public string Revenue(string name, string amount, string currency, IDictionary<string, object> properties = null)
        {
            return Track(new GameEvent { Name = name, Properties = properties, Amount = amount, Currency = currency });
        }

        private string Progression(string name, int to, string difficulty, int attempt)
        {
            SetLevel(to);
            var properties = new Dictionary<string, object> { { "level", to }, { "attempt", attempt } };
            if (!string.IsNullOrEmpty(difficulty)) properties["difficulty"] = difficulty;
            return Track(name, properties);
        }

        private Dictionary<string, object> AtLevel(string name, object value)
        {
            lock (guard) return WithLevel(name, value);
        }

        private Dictionary<string, object> WithLevel(string name, object value)
        {
            var properties = new Dictionary<string, object>();
            if (name != null) properties[name] = value;
            if (level != null) properties["level"] = level.Value;
            return properties;
        }
    }
}
