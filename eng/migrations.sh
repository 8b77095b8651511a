#!/usr/bin/env bash
# Writes the first migration of each provider anew. For the time before the first release only: afterwards a change of
# the model gets a migration of its own ('dotnet ef migrations add').
set -euo pipefail
cd "$(dirname "$0")/.."
project=src/Uptrakit.Controller
dotnet tool restore >/dev/null
rm -rf "$project/Storage/Migrations"
dotnet build "$project" -c Debug -v q -p:RunAnalyzers=false
for provider in Sqlite Postgres; do
  dotnet ef migrations add Initial --project "$project" --no-build --context "${provider}HubContext" \
    --output-dir "Storage/Migrations/$provider"
done
