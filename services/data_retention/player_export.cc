#include "services/data_retention/player_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "lib/base/time.h"
#include "lib/codec/zip.h"
#include "lib/query/player_sections.h"
#include "lib/security/checksum.h"
#include "lib/store/stopped_by.h"
#include "services/data_retention/player_ids.h"
#include "services/data_retention/row_json.h"

namespace gm::data_retention {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kCatchUpMs = 60'000;
constexpr int64_t kRowsPerPage = 10'000;
constexpr int kManifestVersion = 1;
constexpr std::string_view kIds = "ids";
constexpr std::string_view kFile = "file";
constexpr std::string_view kRequests = "requests";
constexpr std::string_view kArchive = "player-data.zip";
// The one section that is long enough to be worth it.
constexpr std::string_view kInParquet = "events";

std::string json_name(std::string_view section) { return std::string(section) + ".json"; }
std::string parquet_name(std::string_view section) { return std::string(section) + ".parquet"; }

std::string object_prefix(const store::PrivacyRequest& request) {
  return fmt::format("privacy/{}/{}.", request.project.value(), request.id);
}

Error stopped() { return {"gm-processor-stopped", "the server stops"}; }

// What a person may read, and a program that takes the data over: an array with one object a line.
class JsonRows final : public store::RowSource {
 public:
  JsonRows(store::RowSource& rows, ExportFile& file, std::function<Status(uint64_t bytes)> check,
           const std::stop_token& stop)
      : rows_(rows), file_(file), check_(std::move(check)), stop_(stop) {}

  const std::vector<store::RowColumn>& columns() const override { return rows_.columns(); }
  Result<store::RowBlock> next() override {
    if (stop_.stop_requested()) return stopped();
    auto block = rows_.next();
    if (!block) return stop_.stop_requested() ? stopped() : block.error();
    for (const auto& row : *block) {
      const std::string line = (count_++ == 0 ? "[\n" : ",\n") + row_json(rows_.columns(), row);
      if (Status written = file_.append(line); !written) return written.error();
    }
    if (Status fits = check_(file_.bytes()); !fits) return fits.error();
    return block;
  }
  Status finish() { return file_.append(count_ == 0 ? "[]\n" : "\n]\n"); }
  int64_t count() const { return count_; }

 private:
  store::RowSource& rows_;
  ExportFile& file_;
  const std::function<Status(uint64_t bytes)> check_;
  const std::stop_token& stop_;
  int64_t count_ = 0;
};

Status read_all(store::RowSource& rows) {
  for (;;) {
    const auto block = rows.next();
    if (!block) return block.error();
    if (block->empty()) return {};
  }
}

// Both forms from one reading, so that they hold the same rows.
Status write_parquet(store::RowSource& rows, store::RowFile& parquet, ExportFile& file) {
  std::optional<Error> disk;
  const Status written = parquet.write(rows, [&](std::string_view bytes) {
    if (Status appended = file.append(bytes); !appended) disk = appended.error();
    return !disk;
  });
  return disk ? Status(*disk) : written;
}

}  // namespace

std::string export_object(const store::PrivacyRequest& request) {
  return object_prefix(request) + std::string(kArchive);
}

ExportFolder PlayerExport::folder_of(const store::PrivacyRequest& request) const {
  return {d_.files, d_.folder, request.id + "."};
}

Status PlayerExport::check_size(uint64_t bytes) const {
  if (bytes <= static_cast<uint64_t>(settings_.export_bytes_max)) return {};
  return Error{
      "gm-privacy-export-too-large",
      fmt::format("the player's data takes more than {} bytes (privacy.export_bytes_max)", settings_.export_bytes_max)};
}

std::optional<StepTrouble> PlayerExport::run(store::PrivacyRequest request, const std::stop_token& stop) {
  const store::StoppedBy stopped_by(stop);
  if (d_.lists.erased().holds(request.project, request.player)) {
    if (Status done = finish_without(request); !done) return StepTrouble{kRequests, done.error()};
    return std::nullopt;
  }
  if (Status found = find_ids(request); !found) return StepTrouble{kIds, found.error()};
  ExportFolder folder = folder_of(request);
  if (Status made = folder.prepare(); !made) return StepTrouble{kFile, made.error()};
  for (const query::PlayerSection& section : query::player_sections()) {
    if (Status written = write_section(request, section.name, folder, stop); !written)
      return StepTrouble{section.name, written.error()};
  }
  if (Status packed = pack(request, folder); !packed) return StepTrouble{kFile, packed.error()};
  if (Status done = d_.requests.finish(request, d_.clock.now_ms()); !done) return StepTrouble{kRequests, done.error()};
  if (Status removed = folder.remove(); !removed) return StepTrouble{kFile, removed.error()};
  return std::nullopt;
}

// Of somebody who was erased there is nothing to tell, and his id is not kept for it.
Status PlayerExport::finish_without(const store::PrivacyRequest& request) {
  if (Status removed = remove(request); !removed) return removed;
  return d_.requests.finish(request, d_.clock.now_ms());
}

// Everything that was acknowledged before the request is in the store then: nothing waits in the log.
Status PlayerExport::find_ids(store::PrivacyRequest& request) {
  if (request.state != store::PrivacyState::waiting) return {};
  if (!d_.catch_up(kCatchUpMs))
    return Error{"gm-store-unavailable", "the store lacks events that were acknowledged; it has to catch up first"};
  auto ids = d_.ids_of(request.project, request.player);
  if (!ids) return ids.error();
  request.ids = std::move(*ids);
  if (Status noted = d_.requests.note_ids(request, {}, d_.clock.now_ms()); !noted) return noted;
  request.state = store::PrivacyState::running;
  return {};
}

// The files come first and the note second: what is noted and there is whole.
Status PlayerExport::write_section(const store::PrivacyRequest& request, std::string_view section, ExportFolder& folder,
                                   const std::stop_token& stop) {
  if (stop.stop_requested()) return stopped();
  const auto places = d_.requests.places(request.id);
  if (!places) return places.error();
  const auto there = folder.holds(json_name(section));
  if (!there) return there.error();
  if (*there && std::ranges::any_of(*places, [&](const auto& place) { return place.place == section; })) return {};
  const auto rows = query::read_player_section(
      d_.store, section,
      {request.project, request.ids, std::min(kRowsPerPage, settings_.page_rows_max), settings_.page_timeout_ms});
  const auto file = folder.create(json_name(section));
  if (!file) return file.error();
  JsonRows json(*rows, **file, [this](uint64_t bytes) { return check_size(bytes); }, stop);
  if (section == kInParquet) {
    const auto second = folder.create(parquet_name(section));
    if (!second) return second.error();
    if (Status written = write_parquet(json, d_.parquet, **second); !written) return written;
    if (Status kept = (*second)->keep(); !kept) return kept;
  } else if (Status read = read_all(json); !read) {
    return read;
  }
  if (Status written = json.finish(); !written) return written;
  if (Status kept = (*file)->keep(); !kept) return kept;
  return d_.requests.note_place(request.id, {std::string(section), json.count(), d_.clock.now_ms()});
}

// The manifest, and with it every checksum, is the archive's last file.
Status PlayerExport::pack(const store::PrivacyRequest& request, ExportFolder& folder) {
  const auto places = d_.requests.places(request.id);
  if (!places) return places.error();
  auto archive = folder.create(kArchive);
  if (!archive) return archive.error();
  codec::ZipWriter zip([&](std::string_view bytes) { return (*archive)->append(bytes); });
  Json manifest = {{"version", kManifestVersion},
                   {"request", request.id},
                   {"player", request.player},
                   {"ids", request.ids},
                   {"received_at", format_iso8601(request.received_ms)},
                   {"made_at", format_iso8601(d_.clock.now_ms())},
                   {"files", Json::array()}};
  uint64_t bytes = 0;
  const auto add = [&](const query::PlayerSection& section, const std::string& name) -> Status {
    const auto content = folder.map(name);
    if (!content) return content.error();
    bytes += (*content)->bytes().size();
    if (Status fits = check_size(bytes); !fits) return fits;
    const auto place = std::ranges::find(*places, section.name, &store::PrivacyPlace::place);
    manifest["files"].push_back({{"path", name},
                                 {"holds", section.meaning},
                                 {"rows", place == places->end() ? 0 : place->items},
                                 {"bytes", (*content)->bytes().size()},
                                 {"sha256", security::sha256_text((*content)->bytes())}});
    return zip.add(name, (*content)->bytes());
  };
  for (const query::PlayerSection& section : query::player_sections()) {
    if (Status added = add(section, json_name(section.name)); !added) return added;
    if (section.name != kInParquet) continue;
    if (Status added = add(section, parquet_name(section.name)); !added) return added;
  }
  const std::string told = manifest.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  if (Status added = zip.add("manifest.json", told); !added) return added;
  if (Status finished = zip.finish(); !finished) return finished;
  if (Status kept = (*archive)->keep(); !kept) return kept;
  const auto content = folder.map(kArchive);
  if (!content) return content.error();
  const store::PrivacyFile made{(*content)->bytes().size(), security::sha256_text((*content)->bytes()),
                                d_.clock.now_ms() + settings_.export_keep_ms};
  if (Status put = d_.objects.put_file(export_object(request), folder.path_of(kArchive)); !put) return put;
  return d_.requests.note_file(request.id, made);
}

// The note last: a file that nobody knows of would stay for ever. What an attempt to write it has left is listed, too.
Status PlayerExport::remove(const store::PrivacyRequest& request) {
  if (Status removed = folder_of(request).remove(); !removed) return removed;
  const auto objects = d_.objects.list(object_prefix(request));
  if (!objects) return objects.error();
  for (const store::ObjectInfo& object : *objects) {
    if (Status removed = d_.objects.remove(object.name); !removed) return removed;
  }
  return d_.requests.forget(request.id);
}

Status PlayerExport::remove_expired() {
  const auto kept = d_.requests.remembered();
  if (!kept) return kept.error();
  for (const store::PrivacyRequest& request : *kept) {
    if (!request.file || request.file->expires_ms > d_.clock.now_ms()) continue;
    if (Status removed = remove(request); !removed) return removed;
  }
  return {};
}

Result<int64_t> PlayerExport::remove_of(ProjectId project, const std::vector<std::string>& ids) {
  const auto is_meant = [&](const store::PrivacyRequest& request) {
    return request.kind == store::PrivacyKind::data_export && is_about(request, project, ids);
  };
  int64_t count = 0;
  const auto kept = d_.requests.remembered();
  if (!kept) return kept.error();
  for (const store::PrivacyRequest& request : *kept) {
    if (!is_meant(request)) continue;
    if (Status removed = remove(request); !removed) return removed.error();
    ++count;
  }
  const auto open = d_.requests.open_requests();
  if (!open) return open.error();
  for (const store::PrivacyRequest& request : *open) {
    if (!is_meant(request)) continue;
    if (Status done = finish_without(request); !done) return done.error();
    ++count;
  }
  return count;
}

}  // namespace gm::data_retention
