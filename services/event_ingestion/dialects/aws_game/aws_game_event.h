#pragma once
// One event of the AWS game analytics pipeline as an event of the game model.

#include <string_view>

#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/object_members.h"

namespace gm::event_ingestion {

// What an event of the pipeline's model is called here.
struct AwsGameKind {
  std::string_view theirs, ours;
};
// By name or type; nullptr: it keeps its name.
const AwsGameKind* aws_game_kind(std::string_view name_or_type);

class AwsGameEvent {
 public:
  AwsGameEvent(const IngestSettings& limits, codec::JsonCursor& cursor, TextStore& texts, std::string_view application)
      : limits_(limits), reader_(limits, cursor, texts), application_(application) {}

  // Reads the object that the cursor stands before. A tag when the event cannot be taken.
  std::optional<Tag> read(FoundEvent& found);

 private:
  void member(const codec::JsonText& key, FoundEvent& found);
  void time(FoundEvent& found);
  void data();
  void name(event::Event& event) const;
  void money(event::Event& event);
  std::string_view properties(std::string_view name);

  const IngestSettings& limits_;
  EventReader reader_;
  const std::string_view application_;
  std::string_view type_, name_, version_;
  ObjectMembers data_;
  PropertyWriter others_;  // members that the pipeline's schema does not have
};

}  // namespace gm::event_ingestion
