# A worker in shell, with jq: one JSON line in, one JSON line out (docs/worker.md).
exec jq --unbuffered -c '{index, output: (.item.question | [splits("\\s+")] | length)}'
