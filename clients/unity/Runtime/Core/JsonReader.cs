using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace GameMetrics
{
    /// <summary>Reads answers and saved events: dictionaries, lists, strings, doubles, booleans, null.</summary>
    internal sealed class JsonReader
    {
        private const int DepthMax = 64;
        private readonly string text;
        private int at;

        private JsonReader(string text) { this.text = text; }

        /// <summary>Null when it is no JSON object.</summary>
        public static Dictionary<string, object> ReadObject(string text)
        {
            try
            {
                var reader = new JsonReader(text ?? "");
                var found = reader.Value(0) as Dictionary<string, object>;
                return reader.Peek() == '\0' ? found : null;
            }
            catch (FormatException) { return null; }
        }

        public static string Text(IDictionary<string, object> from, string name)
        {
            object found;
            return from != null && from.TryGetValue(name, out found) ? found as string ?? "" : "";
        }

        private char Peek()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) ++at;
            return at < text.Length ? text[at] : '\0';
        }

        private bool Eat(char c)
        {
            if (Peek() != c) return false;
            ++at;
            return true;
        }

        private void Need(char c)
        {
            if (!Eat(c)) throw new FormatException();
        }

        private object Value(int depth)
        {
            if (depth > DepthMax) throw new FormatException();
            var c = Peek();
            if (c == '{') return Members(depth);
            if (c == '[') return Items(depth);
            if (c == '"') return String();
            var start = at;
            while (at < text.Length && ",]} \t\r\n".IndexOf(text[at]) < 0) ++at;
            var word = text.Substring(start, at - start);
            if (word == "null") return null;
            if (word == "true" || word == "false") return word == "true";
            double number;
            if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out number)) return number;
            throw new FormatException();
        }

        private Dictionary<string, object> Members(int depth)
        {
            var found = new Dictionary<string, object>();
            Need('{');
            if (Eat('}')) return found;
            do
            {
                Peek();
                var name = String();
                Need(':');
                found[name] = Value(depth + 1);
            } while (Eat(','));
            Need('}');
            return found;
        }

        private List<object> Items(int depth)
        {
            var found = new List<object>();
            Need('[');
            if (Eat(']')) return found;
            do found.Add(Value(depth + 1)); while (Eat(','));
            Need(']');
            return found;
        }

        private string String()
        {
            Need('"');
            var found = new StringBuilder();
            for (; at < text.Length; ++at)
            {
                var c = text[at];
                if (c == '"')
                {
                    ++at;
                    return found.ToString();
                }
                found.Append(c == '\\' ? Escape() : c);
            }
            throw new FormatException();
        }

        private char Escape()
        {
            const string from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
            if (++at >= text.Length) throw new FormatException();
            var simple = from.IndexOf(text[at]);
            if (simple >= 0) return to[simple];
            int code;
            if (text[at] != 'u' || at + 4 >= text.Length) throw new FormatException();
            if (!int.TryParse(text.Substring(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)) throw new FormatException();
            at += 4;
            return (char)code;
        }
    }
}
