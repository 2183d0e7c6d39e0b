// The pages that explain the API: made once, at start, from what a program reads. No script, so that they work
// everywhere.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "services/admin/api_docs.h"

namespace gm::admin {
namespace {

using Json = nlohmann::ordered_json;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string text_of(const Json& json, const char* member) { return escaped(json.value(member, "")); }

// Prose of the description is Markdown; of that it uses `code`.
std::string prose_of(const Json& json) {
  std::string out;
  bool code = false;
  for (const char c : text_of(json, "description")) {
    if (c != '`') {
      out += c;
      continue;
    }
    out += code ? "</code>" : "<code>";
    code = !code;
  }
  return code ? out + "</code>" : out;
}

std::string head(std::string_view title, std::string_view style) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{}</title><link rel=\"stylesheet\" href=\"{}\"></head><body>\n",
      title, style);
}

class ApiPage {
 public:
  explicit ApiPage(std::string_view openapi) : api_(Json::parse(openapi)) {}

  std::string render() {
    const Json& info = api_["info"];
    out_ = head(text_of(info, "title") + ": HTTP API", "docs/style.css");
    out_ += fmt::format(
        "<header><h1>{}: HTTP API</h1><p>{}</p><p><a href=\"openapi.json\">openapi.json</a> · "
        "<a href=\"docs/errors\">error codes</a></p></header>\n",
        text_of(info, "title"), prose_of(info));
    contents();
    out_ += "<main>\n";
    for (const Json& tag : api_["tags"]) group(tag);
    schemas();
    return out_ + "</main></body></html>\n";
  }

 private:
  // The operations of a tag, in the order of the description.
  template <typename Visit>
  void operations(const std::string& tag, const Visit& visit) {
    for (const auto& [path, item] : api_["paths"].items()) {
      for (const auto& [method, operation] : item.items()) {
        if (operation["tags"][0] == tag) visit(method, path, operation);
      }
    }
  }

  void contents() {
    out_ += "<nav aria-label=\"Contents\"><ul>\n";
    for (const Json& tag : api_["tags"]) {
      operations(tag["name"], [&](const std::string& method, const std::string& path, const Json& operation) {
        out_ += fmt::format("<li><a href=\"#{}\"><b>{}</b> {}</a></li>\n", text_of(operation, "operationId"), method,
                            escaped(path));
      });
    }
    out_ += "<li><a href=\"#schemas\">schemas</a></li></ul></nav>\n";
  }

  void group(const Json& tag) {
    out_ += fmt::format("<h2>{}</h2><p>{}</p>\n", text_of(tag, "name"), prose_of(tag));
    operations(tag["name"], [&](const std::string& method, const std::string& path, const Json& operation) {
      one(method, path, operation);
    });
  }

  void one(const std::string& method, const std::string& path, const Json& operation) {
    out_ += fmt::format("<section id=\"{}\"><h3><b class=\"method\">{}</b> <code>{}</code></h3><p>{}.</p>\n",
                        text_of(operation, "operationId"), method, escaped(path), text_of(operation, "summary"));
    if (operation.contains("description")) out_ += fmt::format("<p>{}</p>\n", prose_of(operation));
    key(operation);
    parameters(operation);
    if (operation.contains("requestBody")) body(operation["requestBody"]);
    responses(operation["responses"]);
    out_ += "</section>\n";
  }

  void key(const Json& operation) {
    const Json& security = operation.contains("security") ? operation["security"] : api_["security"];
    if (security.empty()) {
      out_ += "<p>No key.</p>\n";
      return;
    }
    const std::string scheme = security[0].begin().key();
    out_ += fmt::format("<p class=\"key\"><code>Authorization: Bearer</code> {}</p>\n",
                        prose_of(api_["components"]["securitySchemes"][scheme]));
  }

  const Json& resolved(const Json& json) const {
    if (!json.contains("$ref")) return json;
    return api_.at(nlohmann::ordered_json::json_pointer(json["$ref"].get<std::string>().substr(1)));
  }

  void parameters(const Json& operation) {
    if (!operation.contains("parameters")) return;
    out_ += "<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>\n";
    for (const Json& given : operation["parameters"]) {
      const Json& parameter = resolved(given);
      const std::string fallback =
          parameter["schema"].contains("default") ? "; default " + plain(parameter["schema"]["default"]) : "";
      out_ += fmt::format("<tr><td><code>{}</code>{}</td><td>{}</td><td>{}{}</td><td>{}</td></tr>\n",
                          text_of(parameter, "name"), parameter.value("required", false) ? " *" : "",
                          text_of(parameter, "in"), type_of(parameter["schema"]), fallback, prose_of(parameter));
    }
    out_ += "</tbody></table>\n";
  }

  void body(const Json& request) {
    for (const auto& [type, content] : request["content"].items()) {
      out_ += fmt::format("<p>Body <code>{}</code>: {}. {}</p>\n", escaped(type), type_of(content["schema"]),
                          prose_of(content["schema"]));
      if (!content.contains("examples")) continue;
      for (const auto& example : content["examples"].items()) {
        const Json& value = example.value()["value"];
        out_ +=
            fmt::format("<pre tabindex=\"0\">{}</pre>\n", value.is_string() ? plain(value) : escaped(value.dump(2)));
      }
    }
  }

  void responses(const Json& all) {
    out_ += "<table><thead><tr><th>Status</th><th>Meaning</th><th>Body</th></tr></thead><tbody>\n";
    for (const auto& [status, given] : all.items()) {
      const Json& response = resolved(given);
      std::string form;
      const Json contents = response.value("content", Json::object());  // 204 has none
      for (const auto& [type, content] : contents.items())
        form += fmt::format("<code>{}</code> {}", escaped(type), type_of(content["schema"]));
      std::string headers;
      if (response.contains("headers")) {
        for (const auto& header : response["headers"].items()) headers += " <code>" + escaped(header.key()) + "</code>";
      }
      out_ += fmt::format("<tr><td>{}</td><td>{}{}</td><td>{}</td></tr>\n", status, prose_of(response),
                          headers.empty() ? "" : " Headers:" + headers, form);
    }
    out_ += "</tbody></table>\n";
  }

  void schemas() {
    out_ += "<h2 id=\"schemas\">schemas</h2>\n";
    for (const auto& [name, schema] : api_["components"]["schemas"].items()) {
      out_ += fmt::format("<section id=\"schema-{0}\"><h3>{0}</h3><p>{1}</p>\n", escaped(name), prose_of(schema));
      if (!schema.contains("properties") && !schema.contains("allOf")) {
        out_ += fmt::format("<p>{}</p></section>\n", type_of(schema));
        continue;
      }
      out_ += "<table><thead><tr><th>Member</th><th>Type</th><th>Meaning</th></tr></thead><tbody>\n";
      members(schema, "");
      out_ += "</tbody></table></section>\n";
    }
  }

  // One row a member; those of objects inside follow, their names put together with dots.
  void members(const Json& schema, const std::string& before) {
    if (schema.contains("allOf")) {
      for (const Json& part : schema["allOf"]) members(resolved(part), before);
    }
    if (!schema.contains("properties")) return;
    const Json required = schema.value("required", Json::array());
    for (const auto& [name, member] : schema["properties"].items()) {
      const bool needed = std::find(required.begin(), required.end(), name) != required.end();
      out_ += fmt::format("<tr><td><code>{}{}</code>{}</td><td>{}</td><td>{}</td></tr>\n", before, escaped(name),
                          needed ? " *" : "", type_of(member), prose_of(member));
      if (member.contains("properties")) members(member, before + escaped(name) + ".");
      if (member.contains("items") && member["items"].contains("properties"))
        members(member["items"], before + escaped(name) + "[].");
    }
  }

  static std::string plain(const Json& value) {
    return escaped(value.is_string() ? value.get<std::string>() : value.dump());
  }

  std::string type_of(const Json& schema) const {
    if (schema.contains("$ref")) {
      const std::string target = schema["$ref"];
      const std::string name = escaped(target.substr(target.rfind('/') + 1));
      return fmt::format("<a href=\"#schema-{0}\">{0}</a>", name);
    }
    if (schema.contains("enum")) {
      std::string values;
      for (const Json& value : schema["enum"]) values += (values.empty() ? "" : ", ") + plain(value);
      return values;
    }
    if (schema.contains("items")) return "list of " + type_of(schema["items"]);
    for (const char* choice : {"oneOf", "anyOf"}) {
      if (!schema.contains(choice)) continue;
      std::string types;
      for (const Json& one : schema[choice]) types += (types.empty() ? "" : " or ") + type_of(one);
      return types;
    }
    if (!schema.contains("type")) return "any value";
    std::string types;
    if (schema["type"].is_string()) {
      types = plain(schema["type"]);
    } else {
      for (const Json& one : schema["type"]) types += (types.empty() ? "" : " or ") + plain(one);
    }
    if (schema.contains("format")) types += " (" + plain(schema["format"]) + ")";
    return types + bounds_of(schema);
  }

  static std::string bounds_of(const Json& schema) {
    std::string bounds;
    constexpr std::pair<const char*, const char*> kBounds[] = {{"minimum", "from"},
                                                               {"maximum", "to"},
                                                               {"minLength", "length from"},
                                                               {"maxLength", "to"},
                                                               {"maxItems", "at most"}};
    for (const auto& [member, word] : kBounds) {
      if (schema.contains(member)) bounds += fmt::format(" {} {}", word, schema[member].dump());
    }
    return bounds;
  }

  Json api_;
  std::string out_;
};

}  // namespace

std::string render_api_page(std::string_view openapi) { return ApiPage(openapi).render(); }

std::string render_error_page(const std::vector<ErrorNote>& errors) {
  std::string out = head("GameMetrics Pro: error codes", "style.css");
  out +=
      "<header><h1>Error codes</h1><p>A code is stable; the message beside it says what happened this time. "
      "<a href=\"../docs\">The HTTP API</a></p></header>\n<main><table><thead><tr><th>Code</th><th>Status</th>"
      "<th>Meaning</th><th>Way out</th></tr></thead><tbody>\n";
  for (const ErrorNote& error : errors) {
    const std::string status = error.http_status == 0 ? "" : std::to_string(error.http_status);
    out += fmt::format("<tr id=\"{0}\"><td><code>{0}</code></td><td>{1}</td><td>{2}</td><td>{3}</td></tr>\n",
                       escaped(error.code), status, escaped(error.meaning), escaped(error.way_out));
  }
  return out + "</tbody></table></main></body></html>\n";
}

}  // namespace gm::admin
