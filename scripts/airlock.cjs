#!/usr/bin/env node
// Starts the TypeScript entry point; a readable message beats a syntax error on an old Node.
'use strict';
const path = require('path');
const { pathToFileURL } = require('url');

const refused = require('./node-version.cjs')(process.versions.node);
if (refused !== undefined) {
  console.error(refused);
  process.exitCode = 3;
} else {
  process.env.CHECKPOINT_DISABLE = '1';
  // What Node says of old calls in packages is for those who build, not for those who run it.
  process.noDeprecation = true;
  void (async () => {
    require('tsx/cjs/api').register();
    (await import('tsx/esm/api')).register();
    require('./one-copy.cjs');
    await import(pathToFileURL(path.join(__dirname, 'airlock.mts')).href);
  })();
}
