#!/usr/bin/env node
// Starts the TypeScript entry point; a readable message beats a syntax error on an old Node.
'use strict';
const [major] = process.versions.node.split('.').map(Number);
if (major < 20 || major > 22) {
  console.error(`airlock needs Node 20 or 22, this is ${process.versions.node}`);
  process.exit(3);
}
process.env.CHECKPOINT_DISABLE = '1';
const { register } = require('tsx/esm/api');
const { pathToFileURL } = require('node:url');
const path = require('node:path');
register();
import(pathToFileURL(path.join(__dirname, 'airlock.mts')).href);
