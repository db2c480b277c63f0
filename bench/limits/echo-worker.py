# A worker that answers at once; standard library only.
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    sys.stdout.write('{"index":%d,"output":%s}\n' % (request["index"], json.dumps(request["item"]["id"])))
    sys.stdout.flush()
