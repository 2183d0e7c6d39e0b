#include "services/notifications/mail_transport.h"

#include <sstream>

#include "services/notifications/message_text.h"

namespace gm::notifications {
namespace {

constexpr const char* kChartId = "chart@gamemetrics";

}  // namespace

std::vector<std::string> addresses_of(const std::string& target) {
  std::vector<std::string> addresses;
  std::istringstream words(target);
  for (std::string word; words >> word;) addresses.push_back(word);
  return addresses;
}

MailTransport::MailTransport(mail::MailSettings settings, std::function<bool()> stopping)
    : sender_(std::move(settings), std::move(stopping)) {}

Sent MailTransport::send(const store::Channel& channel, const store::Delivery& delivery, int64_t /*now_ms*/) const {
  const MessageText text = text_of(delivery.body);
  mail::Mail mail;
  mail.id = delivery.id;
  mail.to = addresses_of(channel.target);
  mail.subject = text.title;
  mail.text = plain_text(text);
  mail.date_ms = delivery.created_ms;
  const bool shown = text.chart.values.size() > 1;
  if (shown) mail.pictures.push_back({kChartId, "image/png", chart_png(text.chart)});
  mail.html = html_text(text, shown ? kChartId : "");
  const mail::MailAnswer answer = sender_.send(mail);
  Sent sent;
  sent.taken = answer.trouble.empty();
  sent.status = answer.status;
  sent.trouble = answer.trouble;
  return sent;
}

}  // namespace gm::notifications
