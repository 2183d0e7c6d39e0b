#pragma once
// Exit codes of the program (sysexits where one fits); part of the public interface.

#include "lib/base/result.h"

namespace gm::gamemetrics {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,       // it ran, and the answer is no
  kExitUsage = 64,        // the command line is wrong
  kExitUnavailable = 69,  // a server or another process stands in the way
  kExitInternal = 70,     // a defect of ours
  kExitIo = 74,           // disk
  kExitConfig = 78,       // settings
};

// The exit code for an error that ends a command.
int exit_code_for(const Error& error);

// Tells the person and returns the exit code.
int fail(const Error& error);

}  // namespace gm::gamemetrics
