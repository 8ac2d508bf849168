#!/usr/bin/env node
// Starts the TypeScript entry point; a readable message beats a syntax error on an old Node.
'use strict';
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const major = Number(process.versions.node.split('.')[0]);
if (major < 20 || major > 22) {
  console.error(`error: airlock needs Node 20 to 22, this is ${process.versions.node}`);
  process.exitCode = 3;
} else {
  process.env.CHECKPOINT_DISABLE = '1';
  void (async () => {
    require('tsx/cjs/api').register();
    (await import('tsx/esm/api')).register();
    await import(pathToFileURL(path.join(__dirname, 'airlock.mts')).href);
  })();
}
