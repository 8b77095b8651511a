# `make demo` and `make test` need a Debian machine with the .NET 10 SDK and nothing else done by hand.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

export CONFIGURATION ?= Release
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE := true
# No build server outlives the command that started it.
export DOTNET_CLI_USE_MSBUILD_SERVER := 0
export MSBUILDDISABLENODEREUSE := 1
export UseSharedCompilation := false
# artifacts/bin/qu finds the runtime of this SDK, wherever that was unpacked.
export DOTNET_ROOT ?= $(patsubst %/,%,$(dir $(realpath $(shell command -v dotnet))))

ARCH := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
# The executables: one folder for all, since they share their libraries; the Controller is not compiled ahead of time.
NATIVE := Qu Cli Agent Mqtt
BIN := artifacts/bin
DIST := artifacts/dist

.PHONY: help build test demo bench faults dist format check-systemd clean sdk

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

sdk:
	@command -v dotnet >/dev/null || { echo "the .NET 10 SDK is not installed: https://dotnet.microsoft.com/download" >&2; exit 1; }

build: sdk ## every executable, under artifacts/bin/
	@for name in $(NATIVE) Controller; do \
	  dotnet publish src/Uptrakit.$$name -c $(CONFIGURATION) -o $(BIN) -v q --nologo; \
	done

test: build ## all tests; the last line reads `N passed, N failed, N skipped`
	dotnet build Uptrakit.slnx -c $(CONFIGURATION) -v q
	@eng/test.sh $(ARGS)

demo: build ## three nodes, a web server that breaks, one alert; KEEP=1 leaves it running
	@eng/demo.sh

bench: dist ## the tables of docs/benchmarks.md, beside etcd, nginx and blackbox; ARGS=fleet or watch for one of them
	@. eng/packages.sh; want etcd-server nginx-light prometheus-blackbox-exporter
	QU=$(CURDIR)/$(DIST)/qu dotnet run --project bench/Uptrakit.Bench -c $(CONFIGURATION) -- $(or $(ARGS),bench)

faults: build ## twenty rounds of each kill under load, then counts what was acknowledged
	dotnet build test/Uptrakit.EndToEnd -c $(CONFIGURATION) -v q
	FAULTS_ROUNDS=$(or $(ROUNDS),20) QU=$(CURDIR)/$(BIN)/qu dotnet test test/Uptrakit.EndToEnd -c $(CONFIGURATION) --no-build \
	  --filter Category=Faults --logger 'console;verbosity=normal'

# Its own lock files: the runtime identifier must not leak into the everyday ones.
dist: sdk ## the shipped binaries (NativeAOT; the Controller self-contained), under artifacts/dist/
	@. eng/packages.sh; command -v clang gcc >/dev/null || want clang; want binutils libc6-dev zlib1g-dev libsqlite3-dev
	@for name in $(NATIVE); do \
	  echo "== Uptrakit.$$name"; \
	  dotnet publish src/Uptrakit.$$name -c Release -r linux-$(ARCH) -p:Aot=true -p:SqliteArch=$(shell uname -m) -p:NuGetLockFilePath=packages.aot.lock.json -o $(DIST) -v q --nologo; \
	done
	@# ReadyToRun: half of the CPU of a start was the compiler's.
	dotnet publish src/Uptrakit.Controller -c Release -r linux-$(ARCH) --self-contained -p:PublishReadyToRun=true -p:NuGetLockFilePath=packages.dist.lock.json \
	  -o $(DIST)/controller -v q --nologo
	@rm -f $(DIST)/libe_sqlite3.so $(DIST)/*.dbg $(DIST)/*.pdb $(DIST)/*.xml

format: sdk ## one style for all code
	dotnet format Uptrakit.slnx --exclude src/Uptrakit.Controller/Storage/Migrations

check-systemd: ## the rating of the systemd unit
	@eng/check-systemd.sh

clean: ## removes what was built
	rm -rf artifacts
	find src test bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
