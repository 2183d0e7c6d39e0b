#include "cmd/gamemetrics/sealing_key.h"

#include "cmd/gamemetrics/secret_file.h"
#include "cmd/gamemetrics/settings_options.h"
#include "lib/identity/seal.h"
#include "lib/security/secret_text.h"

namespace gm::gamemetrics {
namespace {

constexpr size_t kMadeLength = 52;  // 260 random bits

Result<std::string> read_key(io::FileSystem& files, const std::string& path) {
  auto text = read_secret_file(files, path);
  if (!text) return text.error();
  if (text->size() < identity::Seal::kKeyTextBytesMin)
    return Error{"gm-config-invalid-value", "the key in " + path + " has fewer than " +
                                                std::to_string(identity::Seal::kKeyTextBytesMin) + " characters"};
  return text;
}

}  // namespace

Result<std::string> load_sealing_key(const config::Settings& settings, io::FileSystem& files, Random& random) {
  if (const std::string given = settings.text("users.sealing_key_file"); !given.empty()) {
    auto key = read_key(files, given);
    if (key) return key;
    return Error{"gm-config-invalid-value", "users.sealing_key_file: " + key.error().message};
  }
  const std::string own = data_path(settings, "sealing.key");
  auto known = read_key(files, own);
  if (known || known.error().code != io::kNotFound) return known;
  std::string made = security::random_text(kMadeLength, random);
  if (const auto kept = io::replace_file(files, own, made + "\n"); !kept) return kept.error();
  return made;
}

}  // namespace gm::gamemetrics
