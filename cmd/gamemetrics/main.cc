#include "cmd/gamemetrics/cli.h"

int main(int argc, char** argv) { return gm::gamemetrics::run(argc, argv); }
