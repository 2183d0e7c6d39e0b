#pragma once
// Private to this folder: what a person reads of a message, escaped for where he reads it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/notifications/chart_png.h"

namespace gm::notifications {

struct MessageText {
  std::string title;  // one line
  std::string summary;
  std::vector<std::pair<std::string, std::string>> facts;  // name and value
  Chart chart;                                             // without values: there is nothing to show
};

// Of a delivery's body.
MessageText text_of(const std::string& body);

// The JSON of an incoming webhook of Slack.
std::string slack_body(const MessageText& text);
std::string plain_text(const MessageText& text);
// `picture`: the content id of the chart; empty: none.
std::string html_text(const MessageText& text, std::string_view picture);

}  // namespace gm::notifications
