// Whether more attempts at once still pay. An endpoint that has no more to give may slow down instead of refusing: twice the attempts then take twice the
// time. So the time of an answer is measured for each level of attempts in flight, and levels are compared by answers per second (Little's law: attempts in
// flight, divided by the time of one).

/** A level spans numbers of attempts up to this factor apart: three levels to each doubling. */
const LEVELS_PER_DOUBLING = 3;
/** Least number of answers from which a level is judged. */
const ANSWERS_MIN = 16;
/** More answers than this are forgotten little by little: the endpoint may change. */
const ANSWERS_MAX = 1024;
/** More attempts pay while answers per second grow at least by this power of their number. 1 would be an endpoint without limits, 0 one that is full. */
const PAYS = 0.5;
/** Answers that take less than this longer are no reason to go back: this program itself, or the machine, may be what is busy. */
const SLOWER_MIN = 1.4;
const SLOWER_MS_MIN = 50;
/** A difference counts from so many standard errors. */
const SURE = 2.5;
/** Levels whose answers per second differ less than this are equally good; the lowest of them is taken. */
const EQUAL = 0.97;

type Level = { answers: number; inFlight: number; meanMs: number; variance: number };

export class LatencyLevels {
  readonly #levels: (Level | undefined)[] = [];

  /** An attempt was answered. @param inFlight attempts in flight when it started, itself included */
  took(inFlight: number, ms: number): void {
    const level = (this.#levels[levelOf(inFlight)] ??= { answers: 0, inFlight: 0, meanMs: 0, variance: 0 });
    level.answers = Math.min(ANSWERS_MAX, level.answers + 1);
    const share = 1 / level.answers;
    const off = ms - level.meanMs;
    level.inFlight += (inFlight - level.inFlight) * share;
    level.meanMs += off * share;
    level.variance = (1 - share) * (level.variance + share * off * off);
  }

  /** The most attempts at once that pay, where those of this number do not; null while they do, or nothing is certain. What is known above it is forgotten. */
  tooMany(inFlight: number): number | null {
    const at = levelOf(inFlight);
    const now = this.#measured(at);
    if (now === null) return null;
    let best = 0;
    for (let lower = 0; lower < at; lower++) best = Math.max(best, rate(this.#measured(lower)));
    const lowest = this.#levels.findIndex((_, lower) => rate(this.#measured(lower)) >= EQUAL * best);
    const known = this.#measured(lowest);
    if (lowest < 0 || lowest >= at || known === null || !isWorse(now, known)) return null;
    this.#levels.length = lowest + 1;
    return topOf(lowest);
  }

  #measured(at: number): Level | null {
    const level = this.#levels[at];
    return level === undefined || level.answers < ANSWERS_MIN ? null : level;
  }
}

function levelOf(inFlight: number): number {
  return Math.floor(Math.log2(Math.max(1, inFlight)) * LEVELS_PER_DOUBLING + 1e-9);
}

/** The highest number of attempts of a level. */
function topOf(level: number): number {
  return Math.max(1, Math.ceil(2 ** ((level + 1) / LEVELS_PER_DOUBLING) - 1e-9) - 1);
}

/** Answers a millisecond, less by what is uncertain. */
function rate(level: Level | null): number {
  if (level === null || level.meanMs <= 0) return 0;
  return (level.inFlight / level.meanMs) * Math.max(0, 1 - Math.sqrt(relativeVariance(level)));
}

/** Whether the answers of the higher level take so much longer that its attempts do not pay. */
function isWorse(high: Level, low: Level): boolean {
  const slower = Math.log(high.meanMs / low.meanMs);
  const allowed = (1 - PAYS) * Math.log(high.inFlight / low.inFlight);
  const error = Math.sqrt(relativeVariance(high) + relativeVariance(low));
  const isMuch = slower > Math.log(SLOWER_MIN) && high.meanMs - low.meanMs > SLOWER_MS_MIN;
  return isMuch && slower - allowed > SURE * error;
}

/** Of the mean. */
function relativeVariance({ variance, answers, meanMs }: Level): number {
  return variance / answers / (meanMs * meanMs);
}
