/** Seeded kills of long work; run by `npm run test:chaos`. */
module.exports = {
  ...require('./test/jest/isolated.cjs'),
  roots: ['<rootDir>/test/chaos'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
