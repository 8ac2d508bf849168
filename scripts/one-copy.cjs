// One copy of every module of ours per process, also where ES modules and CommonJS meet under tsx.
'use strict';
const module_ = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// With `registerHooks` (Node 22.15 and later), tsx itself lets `require` evaluate them.
if (module_.registerHooks === undefined) module_.register(pathToFileURL(path.join(__dirname, 'one-copy-hooks.mjs')));
