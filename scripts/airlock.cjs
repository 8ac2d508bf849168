#!/usr/bin/env node
// Starts airlock: in a checkout from its sources, in the package from the one file that was built of them. A readable message
// beats a syntax error on an old Node.
'use strict';
const { existsSync } = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const SOURCE = path.join(__dirname, 'airlock.mts');
const BUILT = path.join(__dirname, '..', 'dist', 'airlock.mjs');

const refused = require('./node-version.cjs')(process.versions.node);
if (refused !== undefined) {
  console.error(refused);
  process.exitCode = 3;
} else {
  process.env.CHECKPOINT_DISABLE = '1';
  // What Node says of old calls in packages is for those who build, not for those who run it.
  process.noDeprecation = true;
  void (async () => {
    const isCheckout = existsSync(SOURCE);
    if (isCheckout) {
      require('tsx/cjs/api').register();
      (await import('tsx/esm/api')).register();
      require('./one-copy.cjs');
    }
    await import(pathToFileURL(isCheckout ? SOURCE : BUILT).href);
  })();
}
