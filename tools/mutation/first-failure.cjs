/** A test file ends with its first failure: one is enough to notice a mutant, and Jest itself only ends between files. */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class FirstFailure extends TestEnvironment {
  noticed = false;

  handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.noticed = true;
    if (event.name === 'test_start' && this.noticed) event.test.mode = 'skip';
  }
};
