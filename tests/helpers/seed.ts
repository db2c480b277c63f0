// Chance in tests: one seed for all of it, the same in each run unless CKPT_TEST_SEED gives another.

const given = process.env["CKPT_TEST_SEED"];

/** A whole number from 0 to 2^31 - 1; so is what is given by CKPT_TEST_SEED. */
export const SEED: number = given === undefined || given === "" ? 20_261_124 : wholeNumber(given);

/** A name for a test that chooses by chance: it names the seed, so that a failure says how to repeat it. */
export function seeded(name: string): string {
  return `${name} (CKPT_TEST_SEED=${SEED})`;
}

/** A number in [0, 1) that a seed repeats (Mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function wholeNumber(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < 2 ** 31) return seed;
  throw new Error(`CKPT_TEST_SEED is "${text}"; it takes a whole number below 2^31`);
}
