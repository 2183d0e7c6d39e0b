#pragma once

#include "cmd/gamemetrics/cli.h"

namespace gm::gamemetrics {

void add_user_command(Cli& cli);
void add_member_command(Cli& cli);
void add_organisation_command(Cli& cli);
void add_audit_command(Cli& cli);
void add_rights_reference_command(Cli& cli);

}  // namespace gm::gamemetrics
