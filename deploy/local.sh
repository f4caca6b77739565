#!/bin/sh
# A production-like set on this machine: three NATS servers, edges behind HAProxy, workers, an api, Prometheus. `--help` shows the commands;
# what they do is in deploy/src/local. No root is needed: what is not installed is fetched into node_modules/.cache, or named.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
if [ ! -d "$root/node_modules/@voltlane" ]; then
  echo "deploy/local.sh: the packages are missing; run 'npm ci' in $root" >&2
  exit 1
fi
# The install brings Node 24, whatever the system has.
PATH="$root/node_modules/.bin:$PATH"
export PATH
exec node --conditions=source "$root/deploy/src/local/main.ts" "$@"
