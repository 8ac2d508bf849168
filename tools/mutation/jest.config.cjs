/** The unit suite for Stryker, which sets roots and tests, and runs Jest many times in one process, whose TMPDIR is its own already. */
const path = require('node:path');

const { globalSetup, globalTeardown, ...unit } = require('../../test/jest/isolated.cjs');

module.exports = {
  ...unit,
  rootDir: '../..',
  id: 'mutation',
  // By its path here: Stryker wraps it, and knows no <rootDir>.
  testEnvironment: path.join(__dirname, 'first-failure.cjs'),
  setupFiles: ['<rootDir>/tools/mutation/fewer-runs.cjs'],
};
