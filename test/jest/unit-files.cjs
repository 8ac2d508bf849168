/** The files of the unit suite: which of them cannot share modules with the others. */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const TESTS = path.join(__dirname, '..');

/** Folders below `test` and endings of what is run by commands of its own. */
const ELSEWHERE = ['integration', 'e2e', 'chaos'];

/** Jest's own object: by it alone a test changes a module, or the clock, for whoever else loads it. */
const JEST = /\bjest\./;

const unit = readdirSync(TESTS, { recursive: true })
  .map((file) => file.split(path.sep).join('/'))
  .filter(
    (file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts') && !ELSEWHERE.includes(file.split('/')[0]),
  );

const usesJest = (file) => JEST.test(readFileSync(path.join(TESTS, file), 'utf8'));

/** Paths below `test`, with `/`. */
exports.alone = unit.filter(usesJest);
exports.together = unit.filter((file) => !usesJest(file));
