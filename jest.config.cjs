/** Unit suite: mirrors the source folders; the slow tiers have configurations of their own. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/integration/',
    '<rootDir>/test/e2e/',
    '<rootDir>/test/chaos/',
  ],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  testTimeout: 60_000,
  // Jest leaves one core idle by default.
  maxWorkers: '100%',
};
