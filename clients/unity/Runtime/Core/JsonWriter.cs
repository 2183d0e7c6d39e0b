using System;
using System.Collections;
using System.Globalization;
using System.Text;

namespace GameMetrics
{
    /// <summary>JSON text of dictionaries, lists, strings, numbers, booleans and null.</summary>
    internal static class JsonWriter
    {
        private const int DepthMax = 32;

        /// <summary>Throws ArgumentException for what is no JSON. Numbers that JSON does not have become null.</summary>
        public static void Write(StringBuilder to, object value, int depth = 0)
        {
            if (depth > DepthMax) throw new ArgumentException("nested too deep");
            if (value == null) to.Append("null");
            else if (value is string) WriteText(to, (string)value);
            else if (value is bool) to.Append((bool)value ? "true" : "false");
            else if (value is float || value is double) WriteReal(to, Convert.ToDouble(value, CultureInfo.InvariantCulture));
            else if (value is IDictionary) WriteObject(to, (IDictionary)value, depth);
            else if (value is IEnumerable) WriteList(to, (IEnumerable)value, depth);
            else if (value is Enum || value is char) WriteText(to, value.ToString());
            else if (value is IConvertible && !(value is DateTime)) to.Append(((IConvertible)value).ToString(CultureInfo.InvariantCulture));
            else throw new ArgumentException("no JSON for " + value.GetType());
        }

        public static void WriteText(StringBuilder to, string text)
        {
            to.Append('"');
            foreach (var c in text)
            {
                if (c == '"' || c == '\\') to.Append('\\').Append(c);
                else if (c < 0x20) to.Append("\\u").Append(((int)c).ToString("x4"));
                else to.Append(c);
            }
            to.Append('"');
        }

        private static void WriteReal(StringBuilder to, double value)
        {
            var finite = !double.IsNaN(value) && !double.IsInfinity(value);
            to.Append(finite ? value.ToString("R", CultureInfo.InvariantCulture) : "null");
        }

        private static void WriteObject(StringBuilder to, IDictionary members, int depth)
        {
            var separator = "{";
            foreach (DictionaryEntry member in members)
            {
                to.Append(separator);
                WriteText(to, member.Key.ToString());
                to.Append(':');
                Write(to, member.Value, depth + 1);
                separator = ",";
            }
            to.Append(members.Count == 0 ? "{}" : "}");
        }

        private static void WriteList(StringBuilder to, IEnumerable items, int depth)
        {
            to.Append('[');
            var first = true;
            foreach (var item in items)
            {
                if (!first) to.Append(',');
                first = false;
                Write(to, item, depth + 1);
            }
            to.Append(']');
        }
    }
}
