# usher: the words for the daily work. `make test` is the whole check.
SHELL := /bin/bash
GO ?= go
TOOLS := $(CURDIR)/bin
# The linters' own requirements stay out of go.mod; their versions are pinned here.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: demo test soak packages lint vuln unit extras race model bench screenshots clean

## demo: everything on this machine
demo:
	$(GO) run ./cmd/usher demo

## test: install what is needed, start what is needed, run everything
test:
	./scripts/test.sh

## soak: kill, restart, freeze and fill for half an hour; see docs/reliability.md
soak:
	./scripts/soak.sh

## packages: what the tests need from Debian
packages:
	./scripts/packages.sh

lint: $(TOOLS)/golangci-lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(TOOLS)/golangci-lint run ./...

vuln: $(TOOLS)/govulncheck
	./scripts/vuln.sh

## unit: what a bare machine can run
unit:
	$(GO) test ./...

race:
	$(GO) test -race -short ./...

## model: a million requests, and a million questions of front servers, against the reference model
model:
	$(GO) test -count=1 -timeout 60m -v -run 'ReferenceModel' ./internal/gate -args -gate.requests 1000000

## bench: usher beside bare servers and Apache, in one run; then the benchmarks of single rooms
bench:
	$(GO) run ./internal/bench
	$(GO) test -run '^$$' -bench . -benchmem ./...

## screenshots: every page, desktop and phone, light and dark, into ./screenshots
screenshots:
	USHER_SCREENSHOTS=$(CURDIR)/screenshots $(GO) test -count=1 -run TestScreenshots ./internal/browser

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install $(GOLANGCI_LINT)

$(TOOLS)/govulncheck:
	GOBIN=$(TOOLS) $(GO) install $(GOVULNCHECK)

clean:
	rm -rf bin usher-demo screenshots
