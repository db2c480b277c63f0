#!/bin/bash
# Submits all shards of a job, and the merge behind them.
#   submit.sh SHARDS INPUT [options of ckpt run] -- COMMAND…
# Submit what is not done again:  TASKS="$(ckpt info --missing)" submit.sh SHARDS INPUT …
set -euo pipefail
shards=${1:?number of shards}
shift
here=$(cd "$(dirname "$0")" && pwd)

after=
# With TASKS set to nothing, all shards are done, and only the merge is submitted.
if [ -n "${TASKS-all}" ]; then
  array=$(SHARDS=$shards sbatch --parsable --array="${TASKS-0-$((shards - 1))}" "$here/job.sh" "$@")
  # afterany, not afterok: the merge says itself what is missing (exit code 4), and a single failed shard would cancel it.
  after=afterany:${array%%;*}
fi
# The shell of that job reads both variables, which sbatch passes on: names may have spaces.
# shellcheck disable=SC2016
sbatch ${after:+"--dependency=$after"} --wrap 'ckpt merge "${CKPT_DIR:-checkpoints}" -o "${OUT:-results.jsonl}"'
