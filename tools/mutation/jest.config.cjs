/** The unit suite for Stryker, which sets roots and tests, and runs Jest many times in one process, whose TMPDIR is its own already. */
const { globalSetup, globalTeardown, ...unit } = require('../../jest.config.cjs');

module.exports = {
  ...unit,
  rootDir: '../..',
  id: 'mutation',
  setupFiles: ['<rootDir>/tools/mutation/fewer-runs.cjs'],
};
