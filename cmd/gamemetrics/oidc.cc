#include "cmd/gamemetrics/oidc.h"

#include "cmd/gamemetrics/secret_file.h"

namespace gm::gamemetrics {

Result<users::OidcSettings> load_oidc(const config::Settings& settings, io::FileSystem& files) {
  auto made = users::OidcSettings::from(settings);
  if (const auto fits = made.check(); !fits) return fits.error();
  if (const std::string role = settings.text("oidc.default_role"); !role.empty() && !made.default_role)
    return Error{"gm-config-invalid-value", "oidc.default_role is none of viewer, support, analyst, admin"};
  if (const std::string file = settings.text("oidc.client_secret_file"); !file.empty()) {
    auto secret = read_secret_file(files, file);
    if (!secret) return Error{"gm-config-invalid-value", "oidc.client_secret_file: " + secret.error().message};
    made.client_secret = std::move(*secret);
  }
  return made;
}

}  // namespace gm::gamemetrics
