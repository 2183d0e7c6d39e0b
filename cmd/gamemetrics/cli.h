#pragma once
// The command line: one App with a subcommand per file. A subcommand's callback only notes what to run; run() then runs
// it, so that nothing happens before the whole line has been understood.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace gm::gamemetrics {

struct Cli {
  CLI::App app{"Game analytics: send events, see numbers. Without a command it serves (all-in-one).", "gamemetrics"};
  std::function<int()> chosen;
};

// Parses, runs, and returns the exit code.
int run(int argc, const char* const* argv);
// The whole command line, not yet parsed.
void build(Cli& cli);

// One per file; each adds its subcommand.
void add_serve_command(Cli& cli);
void add_demo_command(Cli& cli);
void add_simulate_command(Cli& cli);
void add_import_command(Cli& cli);
void add_query_command(Cli& cli);
void add_key_command(Cli& cli);
void add_identity_command(Cli& cli);
void add_schema_command(Cli& cli);
void add_config_command(Cli& cli);
void add_doctor_command(Cli& cli);
void add_log_command(Cli& cli);
void add_rebuild_command(Cli& cli);
void add_version_command(Cli& cli);
void add_reference_commands(Cli& cli);

// "-o, --output" with the given choices, the first being the default.
void add_output_option(CLI::App& command, std::string& output, std::initializer_list<const char*> choices);
// Sets the examples shown below a command's options, one a line.
void add_examples(CLI::App& command, std::initializer_list<const char*> lines);

}  // namespace gm::gamemetrics
