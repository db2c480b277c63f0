#!/bin/bash
# One shard of a job, as a task of a Slurm array. Submit with submit.sh, which says how many there are:
#   examples/slurm/submit.sh 16 questions.jsonl --id id -- python solve.py {question}
#SBATCH --requeue
#SBATCH --open-mode=append
# Tell this script, not only its children, a minute before the time limit.
#SBATCH --signal=B:TERM@60

# Tasks count from 0, so that any of them can be submitted again: sbatch --array="$(ckpt info --missing)" …
ckpt run --shard "auto/${SHARDS:?}" --progress none "$@" &
pid=$!
# bash passes no signal on: without this line ckpt would be killed at the end of the grace time, not told to stop.
trap 'kill -TERM $pid 2> /dev/null' TERM
wait $pid; code=$?
# A trap ends the wait: wait for ckpt itself.
while kill -0 $pid 2>/dev/null; do wait $pid; code=$?; done

# 4: stopped by a limit or an outside cause; 137, 143: by a signal. All are worth another start. ckpt ends with 1 where it is not.
case $code in
  4 | 137 | 143)
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    # The requeue ends this script.
    sleep 60
    ;;
esac
exit "$code"
