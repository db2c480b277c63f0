// Every damage that the fuzz tries, as a stream of checkpoints: the bytes of the log and of the status. Texts are latin1, a character a byte.
import { seededRandom } from "../helpers/seed.ts";
import { type Found, linesOf, type Truth } from "./damage-oracle.ts";

/** A checkpoint with its own log, and what other sessions and versions have to offer. */
export type Sources = {
  readonly truth: Truth;
  /** The same session when it had committed less, and before its first commit. */
  readonly earlier: readonly Truth[];
  /** Another session of the same job, and its first status. */
  readonly others: readonly Truth[];
  /** A record that fits behind `truth.committed` records, and a status, of a version to come. */
  readonly newerLine: string;
  readonly newerStatus: string;
  /** Statuses with the right checksum that ckpt did not write: a key is missing, or of another type. */
  readonly misshapen: readonly string[];
};

const SECTOR_BYTES = 512;
const HUGE_BYTES = 3 << 20;

/** All cases; random ones from the seed. */
export function* damages(sources: Sources, seed: number): Generator<Found> {
  const { truth } = sources;
  yield* ofLog(truth, bytewise(truth.own.join("")));
  yield* ofLog(truth, linewise(truth.own));
  yield* ofLog(truth, splices(truth));
  yield* ofLog(truth, blocks(truth.own.join("")));
  yield* ofLog(truth, randomly(truth.own.join(""), truth.strangers.join(""), seed));
  yield* ofStatus(sources);
  yield* withoutStatus(truth);
  yield* versions(sources);
}

type Text = readonly [name: string, text: string];

function* ofLog(truth: Truth, logs: Iterable<Text>): Generator<Found> {
  for (const [name, log] of logs) yield { name, truth, log, status: truth.status };
}

/** Each byte in several ways: its bits flipped one by one, a zero, all ones, a line end, left out, put in; and each truncation. */
function* bytewise(text: string): Generator<Text> {
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    const [before, after] = [text.slice(0, at), text.slice(at + 1)];
    yield [`cut at ${at}`, before];
    yield [`byte ${at} left out`, before + after];
    yield [`a byte put in at ${at}`, `${before}1${text.slice(at)}`];
    const others = [...Array.from({ length: 8 }, (_, bit) => byte ^ (1 << bit)), 0, 0xff, 0x0a];
    for (const other of new Set(others))
      if (other !== byte) yield [`byte ${at} is ${other}`, before + String.fromCharCode(other) + after];
  }
}

/** Lines left out (one, and each two), doubled, swapped, moved, without their ends, with other ends. */
function* linewise(lines: readonly string[]): Generator<Text> {
  for (const [at, line] of lines.entries()) {
    yield [`line ${at} left out`, lines.toSpliced(at, 1).join("")];
    yield [`line ${at} without its end`, lines.with(at, line.slice(0, -1)).join("")];
    yield [`line ${at} with a carriage return`, lines.with(at, `${line.slice(0, -1)}\r\n`).join("")];
    yield [`an empty line before ${at}`, lines.toSpliced(at, 0, "\n").join("")];
    yield [`all from line ${at} on, first`, [...lines.slice(at), ...lines.slice(0, at)].join("")];
    for (const [to, other] of lines.entries()) {
      yield [`line ${at} again before ${to}`, lines.toSpliced(to, 0, line).join("")];
      yield [`line ${at} in the place of ${to}`, lines.with(to, line).join("")];
      if (to <= at) continue;
      yield [`lines ${at} and ${to} swapped`, lines.with(at, other).with(to, line).join("")];
      yield [`lines ${at} and ${to} left out`, lines.filter((_, i) => i !== at && i !== to).join("")];
      yield [`lines ${at} to ${to} left out`, lines.toSpliced(at, to - at + 1).join("")];
    }
  }
  yield ["the log twice", [...lines, ...lines].join("")];
  yield ["the lines backwards", lines.toReversed().join("")];
}

/** Pieces of another session's log in this one's: put in, put in the place of others, begun in the middle of a line. */
function* splices({ own, strangers }: Truth): Generator<Text> {
  const [mine, theirs] = [own.join(""), strangers.join("")];
  for (let from = 0; from < strangers.length; from++) {
    for (let count = 1; count <= 3; count++) {
      const piece = strangers.slice(from, from + count);
      for (let at = 0; at <= own.length; at++) {
        yield [
          `${count} strange lines from ${from} put in at ${at}`,
          own.toSpliced(at, 0, ...piece).join(""),
        ];
        yield [
          `${count} strange lines from ${from} in the place of ${at}`,
          own.toSpliced(at, count, ...piece).join(""),
        ];
      }
    }
  }
  yield ["the log of another session", theirs];
  for (let at = 0; at < mine.length; at += 7) {
    yield [`another session's log from ${at} on`, mine.slice(0, at) + theirs.slice(at)];
    yield [`another session's log up to ${at}`, theirs.slice(0, at) + mine.slice(at)];
  }
}

/** What disks and file systems leave: sectors of zeros, tails of zeros, lines without end, text of other programs. */
function* blocks(text: string): Generator<Text> {
  for (let at = 0; at < text.length; at += SECTOR_BYTES / 4)
    for (const filling of ["\0", "\xff"])
      yield [
        `a sector of ${filling.charCodeAt(0)} at ${at}`,
        text.slice(0, at) + filling.repeat(SECTOR_BYTES) + text.slice(at + SECTOR_BYTES),
      ];
  for (const tail of [
    "\n",
    "\0",
    "\0\n",
    "\0".repeat(SECTOR_BYTES),
    "\0".repeat(1 << 20),
    "{}\n",
    "\n\n\n",
    '{"v":1,"seq":',
    "\xff\xfe\n",
  ]) {
    yield [`a tail of ${tail.length} bytes`, text + tail];
    yield [`a head of ${tail.length} bytes`, tail + text];
  }
  const huge = "x".repeat(HUGE_BYTES);
  for (const line of [huge, `${huge}\n`, `{"v":1,"seq":9,"output":"${huge}"}\n`]) {
    yield [`a huge line behind`, text + line];
    yield [`a huge line in front`, line + text];
    yield [`a huge line in the middle`, linesOf(text).toSpliced(3, 0, line).join("")];
  }
}

const RANDOM_CASES = 3000;

/** Several pieces at once overwritten, cut out, or taken from elsewhere. */
function* randomly(text: string, other: string, seed: number): Generator<Text> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let number = 0; number < RANDOM_CASES; number++) {
    let log = text;
    for (let edits = 1 + below(4); edits > 0; edits--) {
      const [at, length] = [below(log.length), below(400)];
      const pieces = [
        "",
        log.slice(below(log.length)).slice(0, length),
        other.slice(below(other.length)).slice(0, length),
        "\0".repeat(length),
      ];
      log = log.slice(0, at) + (pieces[below(pieces.length)] ?? "") + log.slice(at + below(2) * length);
    }
    yield [`random case ${number}`, log];
  }
}

/** The status damaged, of an earlier commit, of another session; the logs that go with that. */
function* ofStatus({ truth, earlier, others, misshapen }: Sources): Generator<Found> {
  const log = truth.own.join("");
  for (const [name, status] of bytewise(truth.status)) yield { name: `status: ${name}`, truth, log, status };
  for (const [at, status] of misshapen.entries())
    yield { name: `a misshapen status ${at}`, truth, log, status };
  for (const older of earlier) {
    yield { name: "an earlier status", truth: older, log, status: older.status };
    for (const [name, cut] of linewise(truth.own))
      yield { name: `an earlier status; ${name}`, truth: older, log: cut, status: older.status };
    for (const [name, spliced] of splices(truth))
      yield { name: `an earlier status; ${name}`, truth: older, log: spliced, status: older.status };
  }
  for (const other of others) {
    yield { name: "a status of another session", truth: other, log, status: other.status };
    yield { name: "a status of another session, no log", truth: other, log: null, status: other.status };
    for (const [name, cut] of linewise(truth.own))
      yield { name: `a status of another session; ${name}`, truth: other, log: cut, status: other.status };
  }
}

/** The status gone, the log gone or empty, both damaged. */
function* withoutStatus(truth: Truth): Generator<Found> {
  const log = truth.own.join("");
  for (const status of [
    null,
    "",
    "{}\n",
    "[]\n",
    "null\n",
    "\0".repeat(truth.status.length),
    truth.status.slice(0, -1),
  ]) {
    const name = `status ${JSON.stringify(status?.slice(0, 9))}`;
    for (const there of [null, "", log]) yield { name, truth, log: there, status };
    for (const [change, cut] of linewise(truth.own))
      yield { name: `${name}; ${change}`, truth, log: cut, status };
    for (const [change, torn] of blocks(log)) yield { name: `${name}; ${change}`, truth, log: torn, status };
  }
  yield { name: "no log", truth, log: null, status: truth.status };
}

/** What a version to come has written: in the log among or behind the records, as the status. */
function* versions({ truth, newerLine, newerStatus }: Sources): Generator<Found> {
  const { own, status, committed } = truth;
  const newer = [newerLine];
  for (let at = 0; at <= own.length; at++) {
    const log = own.toSpliced(at, 0, newerLine).join("");
    yield { name: `a newer line at ${at}`, truth, log, status, newer };
    yield { name: `a newer line at ${at}, no status`, truth, log, status: null, newer };
    const rest = own.slice(0, at).join("");
    yield {
      name: `a newer line behind ${at}, cut`,
      truth,
      log: rest + newerLine.slice(0, -5),
      status,
      newer,
    };
  }
  const log = own.slice(0, committed).join("");
  yield { name: "a newer status", truth, log, status: newerStatus };
  yield { name: "a newer status and line", truth, log: log + newerLine, status: newerStatus, newer };
  yield { name: "a newer status, no log", truth, log: null, status: newerStatus };
}
