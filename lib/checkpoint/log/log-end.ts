// Checks the end of a log: enough to see that it does not match the status, at the same cost for any size.
import type { Problem } from "../../core/problem.ts";
import type { Status } from "../../core/status.ts";
import { fileSize, readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { lineEndWith } from "../checksum.ts";

/** Problems that are visible without reading the whole log: it is missing, too short, or does not end as the status states. */
export function endProblems(fs: FileSystem, log: string, status: Status): Problem[] {
  const { bytes, records, last_sum: lastSum } = status.log;
  const found = fileSize(fs, log);
  if (found === null) return [{ kind: "log-missing", records }];
  if (found < bytes) return [{ kind: "log-bytes", found, expected: bytes }];
  const end = lineEndWith(lastSum);
  const fd = fs.openSync(log, O.O_RDONLY | O.O_NOFOLLOW);
  try {
    const same = records === 0 || readFully(fs, fd, bytes - end.length, end.length).equals(end);
    return same ? [] : [{ kind: "last-record", record: records }];
  } finally {
    fs.closeSync(fd);
  }
}
