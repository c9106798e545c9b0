#!/bin/sh
# Passes all tests on a fresh Debian machine with Go: installs what they need
# from Debian's packages, and fails where it cannot. Nothing is skipped.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

need() { # need COMMAND PACKAGE: installs PACKAGE unless COMMAND is there
	command -v "$1" >/dev/null 2>&1 && return 0
	say "installing $2"
	as_root=""
	[ "$(id -u)" = 0 ] || as_root="sudo"
	if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null; }; then
		echo "cannot install $2, which the tests need: run 'apt-get install $2' and try again" >&2
		exit 1
	fi
	command -v "$1" >/dev/null 2>&1 || { echo "$2 is installed but $1 is not found" >&2; exit 1; }
}

command -v go >/dev/null 2>&1 || { echo "Go is needed: https://go.dev/dl" >&2; exit 1; }
need redis-server redis-server
need chromium chromium

say "formatting"
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }

say "vet"
go vet ./...

say "staticcheck"
go tool staticcheck ./...

say "tests, with the race detector"
go test -race -timeout 40m ./...
