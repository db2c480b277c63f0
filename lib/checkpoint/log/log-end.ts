// A look at the end of a log: enough to tell that it is not what the status says, at the same cost for any size.
import type { Problem } from "../../core/problem.ts";
import type { Status } from "../../core/status.ts";
import { fileSize, readFully } from "../../io/file.ts";
import { type FileSystem, O } from "../../io/fs.ts";
import { lineEndWith } from "../checksum.ts";

/**
 * What can be told wrong without reading the log: it is gone, too short, or does not end as the status says. The same cost for any size.
 */
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
