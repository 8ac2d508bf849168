/** The files of the unit suite: which of them cannot share modules with the others. */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const TESTS = path.join(__dirname, '..');

/** Folders below `test` and endings of what is run by commands of its own. */
const ELSEWHERE = ['integration', 'e2e', 'chaos'];

/** What changes a module, or the clock, for whoever else loads it. */
const REPLACES = /\bjest\.(?:mock|doMock|useFakeTimers|requireActual|resetModules|isolateModules)\b/;

const unit = readdirSync(TESTS, { recursive: true })
  .map((file) => file.split(path.sep).join('/'))
  .filter(
    (file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts') && !ELSEWHERE.includes(file.split('/')[0]),
  );

const replaces = (file) => REPLACES.test(readFileSync(path.join(TESTS, file), 'utf8'));

/** Paths below `test`, with `/`. */
exports.alone = unit.filter(replaces);
exports.together = unit.filter((file) => !replaces(file));
