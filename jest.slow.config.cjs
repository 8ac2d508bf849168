/** What starts programs, or tries thousands of cases: `*.slow.test.ts` beside the unit tests; run by `npm run test:slow`. */
module.exports = {
  ...require('./test/jest/isolated.cjs'),
  testMatch: ['**/*.slow.test.ts'],
};
