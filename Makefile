# Short names for the scripts; `make` alone lists them.
SHELL := bash
.PHONY: help demo test nightly bench format check platform-check
help:
	@echo "make demo     build and start the demo game (scripts/demo)"
	@echo "make test     build and run every test (scripts/test)"
	@echo "make nightly  the long suites: ThreadSanitizer, 500 kills, 10 minutes of fuzzing per target (scripts/nightly)"
	@echo "make bench    the benchmarks (bench/README.md)"
	@echo "make format   clang-format over all C++ sources"
	@echo "make platform-check  monitoring, Kubernetes, Terraform, image (scripts/platform-check; one part: PART=monitoring)"
	@echo "make check    formatting, layers and generated references"
demo:
	scripts/demo
test:
	scripts/test
nightly:
	scripts/nightly
bench:
	. scripts/environment.sh && build_preset release
	build/release/bench/log_bench
	python3 bench/ingest/run.py
	build/release/bench/process_bench
format:
	git ls-files '*.cc' '*.h' | xargs clang-format-19 -i
check:
	scripts/test style
platform-check:
	scripts/platform-check $(addprefix --part ,$(PART))
