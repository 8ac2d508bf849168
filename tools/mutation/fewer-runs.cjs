/**
 * Properties are tried with fewer cases where mutants are: each of hundreds of mutants would wait for thousands of them. What
 * is noticed by so few is noticed by more.
 */
const fc = require('fast-check');

const MOST = 60;
const { assert } = fc;
const fewer = (property, parameters = {}) =>
  assert(property, { ...parameters, numRuns: Math.min(parameters.numRuns ?? MOST, MOST) });

fc.assert = fewer;
fc.default = { ...fc.default, assert: fewer };
