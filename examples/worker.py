# A worker: one JSON line in, one JSON line out (docs/worker.md). Loads what takes long once, before the first item.
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    item = request["item"]
    try:
        answer = {"index": request["index"], "output": len(item["question"].split())}
    except (KeyError, TypeError) as error:
        answer = {"index": request["index"], "error": {"kind": "bad_item", "message": repr(error), "retryable": False}}
    print(json.dumps(answer), flush=True)
