# What a person types. `.ci/run` calls the same targets.

CARGO ?= cargo
# Debian packages that the tests use: OCR and a video decoder, which the program finds at run time, and a browser for
# the report.
PACKAGES := tesseract-ocr tesseract-ocr-fra tesseract-ocr-deu tesseract-ocr-spa ffmpeg chromium
DENY_VERSION := 0.20.2

.PHONY: help test needs deny bench fixtures

help:
	@printf 'make test      install what the tests need (Debian packages, only if missing) and run all tests\n'
	@printf 'make deny      check licences, sources, bans and advisories of the dependencies\n'
	@printf 'make bench     run the benchmarks\n'
	@printf 'make fixtures  make fixtures/clinic-bucket again\n'

needs:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then echo "needs: everything is there"; \
	elif ! command -v apt-get >/dev/null; then echo "needs: not a Debian system; tests that use$$missing are skipped and say so"; \
	else echo "needs: installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi

test: needs
	$(CARGO) test --locked

deny:
	@$(CARGO) deny --version 2>/dev/null | grep -q '$(DENY_VERSION)' || CARGO_PROFILE_DEV_DEBUG=0 $(CARGO) install --debug --locked cargo-deny --version $(DENY_VERSION)
	$(CARGO) deny --all-features check bans licenses sources
	@if $(CARGO) deny fetch db >/dev/null 2>&1; then $(CARGO) deny --all-features check --disable-fetch advisories; \
	else echo "deny: the advisory database cannot be reached from here; advisories were not checked"; fi

bench:
	$(CARGO) bench

fixtures:
	$(CARGO) run --example make_fixtures -- fixtures/clinic-bucket
