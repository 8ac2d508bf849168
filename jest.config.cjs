/**
 * Unit suite: mirrors the source folders; the slow tiers have configurations of their own.
 *
 * Most files run in plain Node and share what they import: loading it 330 times is half of the time of the suite. A file that
 * uses the object `jest`, to replace a module or the clock, runs as Jest does by default.
 */
const isolated = require('./test/jest/isolated.cjs');
const { alone, together } = require('./test/jest/unit-files.cjs');

const { globalSetup, globalTeardown, maxWorkers, testTimeout, transform, ...shared } = isolated;
const matching = (files) => files.map((file) => `<rootDir>/test/${file}`);

module.exports = {
  globalSetup,
  globalTeardown,
  maxWorkers,
  testTimeout,
  projects: [
    {
      ...shared,
      displayName: 'together',
      testMatch: matching(together),
      runner: 'jest-light-runner',
      transform: {},
      setupFiles: ['<rootDir>/test/jest/typescript.mjs'],
    },
    { ...shared, displayName: 'alone', testMatch: matching(alone), transform },
  ],
};
