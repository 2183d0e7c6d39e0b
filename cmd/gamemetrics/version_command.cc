#include <nlohmann/json.hpp>

#include "cmd/gamemetrics/cli.h"
#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/version.h"

namespace gm::gamemetrics {

void add_version_command(Cli& cli) {
  CLI::App* command = cli.app.add_subcommand("version", "Print the version");
  const auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "As JSON");
  add_examples(*command, {"gamemetrics version --json"});
  command->callback([&cli, as_json] {
    cli.chosen = [as_json] {
      const nlohmann::ordered_json json = {
          {"version", version()}, {"compiler", __VERSION__}, {"built_for", built_for()}};
      print(*as_json ? json.dump() + "\n" : fmt::format("gamemetrics {}\n", version()));
      return int{kExitOk};
    };
  });
}

}  // namespace gm::gamemetrics
