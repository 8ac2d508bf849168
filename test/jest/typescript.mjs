/**
 * Lets Node load TypeScript in the workers of the unit suite, as the scripts of the project do: what is loaded was translated
 * before, by whichever of them was first, and lies in the temporary folder that they share and not in that of this run.
 */
const { TMPDIR, AIRLOCK_TMPDIR_BEFORE } = process.env;
if (AIRLOCK_TMPDIR_BEFORE) process.env.TMPDIR = AIRLOCK_TMPDIR_BEFORE;
const { register: requires } = await import('tsx/cjs/api');
const { register: imports } = await import('tsx/esm/api');
process.env.TMPDIR = TMPDIR;

requires();
imports();
