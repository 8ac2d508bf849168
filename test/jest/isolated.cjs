/** Tests whose every file loads all that it imports anew, in a context of its own: Jest's own way. */
const path = require('node:path');

module.exports = {
  rootDir: path.join(__dirname, '../..'),
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // The package by its own name, as the samples of the documentation import it.
  moduleNameMapper: { '^airlock/([a-z-]+)$': '<rootDir>/$1/index.ts' },
  // Types are `npm run typecheck`'s; this only takes them away.
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  globalSetup: '<rootDir>/test/jest/own-tmpdir.cjs',
  globalTeardown: '<rootDir>/test/jest/remove-tmpdir.cjs',
  testTimeout: 600_000,
  // Jest leaves one core idle by default.
  maxWorkers: '100%',
};
