/** Seeded kills of long work; run by `npm run test:chaos`. */
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/chaos'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
