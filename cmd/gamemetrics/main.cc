#include <sys/stat.h>

#include "cmd/gamemetrics/cli.h"

int main(int argc, char** argv) {
  // Players' events and keys' secrets are for the owner, and for the group to read; the libraries that make files ask
  // for more.
  umask(umask(0) | S_IWGRP | S_IRWXO);
  return gm::gamemetrics::run(argc, argv);
}
