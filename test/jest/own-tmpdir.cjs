/**
 * Temporary folders of the suite, cdktf's among them, lie in one that is removed at its end: in memory where there is enough of it,
 * since what is tested flushes every file that it writes, and a disk makes the suite wait for that.
 */
const { accessSync, constants, mkdtempSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;

function hasRoom(folder) {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ENOUGH_BYTES;
  } catch {
    return false;
  }
}

module.exports = () => {
  process.env.AIRLOCK_TMPDIR_BEFORE = tmpdir();
  const given = process.env.TMPDIR !== undefined;
  process.env.TMPDIR = mkdtempSync(path.join(!given && hasRoom(MEMORY) ? MEMORY : tmpdir(), 'airlock-unit-'));
};
