#pragma once
// One CloudEvent, whichever mode it came in, as an event of the game model.

#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/object_members.h"

namespace gm::event_ingestion {

class CloudEvent {
 public:
  CloudEvent(const IngestSettings& limits, EventReader& reader) : limits_(limits), reader_(reader) {}

  // A context attribute in text; `json` is its JSON form. Names are lower-case letters and digits.
  void attribute(std::string_view name, std::string_view text, std::string_view json);
  // Reads the value that the reader stands before as the event's data.
  void data();
  // Data that is no JSON.
  void data_bytes(std::string_view bytes);
  // A member of the JSON form.
  void member(const codec::JsonText& key);
  // After the last: fills `found` but for its source text. A tag when the event cannot be taken.
  std::optional<Tag> complete(FoundEvent& found);

 private:
  void name(event::Event& event) const;
  std::string_view properties();
  std::optional<Tag> missing() const;

  const IngestSettings& limits_;
  EventReader& reader_;
  std::string_view id_, source_, type_, subject_, specversion_, time_, player_, session_;
  PropertyWriter attributes_;
  ObjectMembers members_;
  std::string_view data_;         // JSON that is no object
  std::string_view data_base64_;  // as JSON text
};

}  // namespace gm::event_ingestion
