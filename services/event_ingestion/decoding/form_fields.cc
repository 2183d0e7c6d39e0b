#include "services/event_ingestion/decoding/form_fields.h"

#include "lib/codec/text_codecs.h"
#include "lib/http/message.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {
namespace {

std::string decoded(std::string_view text) {
  return codec::url_decode(text, codec::PlusSign::is_space).value_or(std::string(text));
}

}  // namespace

std::string form_as_json(std::string_view form) {
  std::string json = "{";
  while (!form.empty()) {
    const size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
    const size_t equals = pair.find('=');
    const std::string name = decoded(pair.substr(0, equals));
    if (name.empty()) continue;
    if (json.size() > 1) json += ',';
    json.append(json_quoted(name)).append(":");
    json.append(json_quoted(equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1))));
  }
  return json + '}';
}

std::string_view keep_padded(TextStore& texts, std::string text) {
  const size_t size = text.size();
  text.resize(size + http::kBodyPadding);
  return texts.keep(std::move(text)).substr(0, size);
}

}  // namespace gm::event_ingestion
