# rdtchat. `make` or `make help` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
SEEDS ?= 2000
TOOLS ?= address thread valgrind simulate

# One flavour for everything that is run, measured or installed: optimised, and without the toolchain's libraries beside it.
# lld because the default linker warns of a mktemp in Foundation's static library, which nothing here calls.
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld
# Through a pipe: at a terminal the compiler is called with colours, and all would be built anew after a run in a script.
PIPED := </dev/null 2>&1 | cat
PROGRAMS = $(CURDIR)/.build/release
SCRIPTS := Tests/Scripts
BUILD_NEEDS := pkg-config libedit-dev libxxhash-dev libcrypt-dev
TEST_NEEDS := $(BUILD_NEEDS) tmux irssi netcat-openbsd mandoc ngircd weechat-headless weechat-plugins ii python3-irc zsh fish jq

bindir = $(DESTDIR)$(PREFIX)/bin
mandir = $(DESTDIR)$(PREFIX)/share/man
bashdir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zshdir = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
fishdir = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: help build run test lint bench fuzz simulate sanitize install uninstall clean needs test-needs

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\n%s\n' 'make run: SHELF=DIRECTORY shares it, DOWNLOADS=DIRECTORY receives (default: this one), NICK=NAME, PORT=N.' \
		'make install, uninstall: PREFIX=$(PREFIX), DESTDIR=. make simulate, fuzz: SEEDS=$(SEEDS), FROM=1.' \
		'A failed recipe is exit code 2 of make, whatever code the program had.'

build: needs ## both programs, optimised, in .build/release
	@$(SWIFT) build $(RELEASE) --product rdtchatd $(PIPED) >&2
	@$(SWIFT) build $(RELEASE) --product rdtchat $(PIPED) >&2

run: build ## serve a sample shelf on loopback and open rdtchat on it, or run the script on standard input
	@PROGRAMS='$(PROGRAMS)' $(SCRIPTS)/run-session

test: test-needs build ## every test; the end-to-end ones run the programs of `make build`
	@$(SWIFT) build $(RELEASE) --product simulate $(PIPED) >&2
	@RDTCHAT_PROGRAMS='$(PROGRAMS)' $(SWIFT) test $(PIPED)

lint: test-needs ## format, man pages, scripts, completions, paths
	@$(SCRIPTS)/lint

bench: needs ## whole commands against TCP, sftp and QUIC over bad paths and loopback; Tests/Scripts/bench --help
	@$(SWIFT) build $(RELEASE) --product simulate $(PIPED) >&2
	@$(SWIFT) build $(RELEASE) --product PathEmulator $(PIPED) >&2
	@$(SWIFT) build $(RELEASE) --product ChatLoad $(PIPED) >&2
	@$(MAKE) build
	@PROGRAMS='$(PROGRAMS)' $(SCRIPTS)/bench

simulate: needs ## SEEDS=N runs of RDT over a seeded bad network, from seed FROM=N; a failing seed is printed
	@$(SWIFT) build $(RELEASE) --product simulate $(PIPED) >&2
	@$(PROGRAMS)/simulate --seeds $(SEEDS) $(if $(FROM),--from $(FROM))

fuzz: needs ## libFuzzer on what takes bytes from strangers, FUZZ_SECONDS=60 each; then keys and resizes, and SEEDS=N simulations
	@RDTCHAT_FUZZ=1 $(SWIFT) build -c release --sanitize=fuzzer --scratch-path .build/fuzz --product Fuzzer $(PIPED) >&2
	@$(SCRIPTS)/fuzz
	@$(MAKE) build
	@RDTCHAT_PROGRAMS='$(PROGRAMS)' RDTCHAT_SCREEN_SEEDS=1000 RDTCHAT_TMUX_SEEDS=20 \
		$(SWIFT) test --filter 'ScreenFuzzTests|EditorFuzzTests|TmuxFuzzTests' $(PIPED)
	@$(MAKE) simulate

sanitize: test-needs build ## the end-to-end tests under AddressSanitizer, ThreadSanitizer and, a few, valgrind; the simulation; TOOLS=address
	@$(SCRIPTS)/install-needs valgrind
	@TOOLS='$(TOOLS)' SEEDS='$(SEEDS)' $(SCRIPTS)/sanitize

install: build ## programs, man pages and completions below PREFIX
	@install -d '$(bindir)' '$(mandir)/man1' '$(mandir)/man7' '$(mandir)/man8' '$(bashdir)' '$(zshdir)' '$(fishdir)'
	@install -m 755 -s '$(PROGRAMS)/rdtchat' '$(PROGRAMS)/rdtchatd' '$(bindir)/'
	@install -m 644 man/rdtchat.1 '$(mandir)/man1/'
	@install -m 644 man/rdt.7 '$(mandir)/man7/'
	@install -m 644 man/rdtchatd.8 '$(mandir)/man8/'
	@install -m 644 completions/rdtchat.bash '$(bashdir)/rdtchat'
	@install -m 644 completions/rdtchatd.bash '$(bashdir)/rdtchatd'
	@install -m 644 completions/_rdtchat completions/_rdtchatd '$(zshdir)/'
	@install -m 644 completions/rdtchat.fish completions/rdtchatd.fish '$(fishdir)/'
	@echo 'installed below $(DESTDIR)$(PREFIX)'

uninstall: ## what `make install` put there
	@rm -f '$(bindir)/rdtchat' '$(bindir)/rdtchatd' '$(mandir)/man1/rdtchat.1' '$(mandir)/man7/rdt.7' \
		'$(mandir)/man8/rdtchatd.8' '$(bashdir)/rdtchat' '$(bashdir)/rdtchatd' '$(zshdir)/_rdtchat' \
		'$(zshdir)/_rdtchatd' '$(fishdir)/rdtchat.fish' '$(fishdir)/rdtchatd.fish'

clean: ## remove .build
	@rm -rf .build

needs:
	@$(SCRIPTS)/install-needs $(BUILD_NEEDS)

test-needs:
	@$(SCRIPTS)/install-needs $(TEST_NEEDS)
