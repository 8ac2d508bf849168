/** Random numbers that a seed repeats: a failure of a chaos test can be run again. */

/** Uniform numbers from 0 (inclusive) to 1 (exclusive): mulberry32, whose state is one 32-bit word. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: `AIRLOCK_CHAOS_SEED`, or the same one every time. */
export const chaosSeed = (): number => Number(process.env['AIRLOCK_CHAOS_SEED'] ?? '20261123');
