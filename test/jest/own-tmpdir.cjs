/** Temporary folders of the suite, cdktf's among them, lie in one that is removed at its end. */
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

module.exports = () => {
  process.env.TMPDIR = mkdtempSync(path.join(tmpdir(), 'airlock-unit-'));
};
