/**
 * Preloaded with --require: once the program has done its work, loads every command in the same process, then prints each source
 * file of ours that was evaluated more than once, as JSON on the last line.
 */
'use strict';
const inspector = require('node:inspector');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');

const ROOT = path.join(__dirname, '../../..');
const session = new inspector.Session();
session.connect();
const scripts = [];
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params));
session.post('Debugger.enable');

/** tsx gives a compiled file an address of its own, with the file's name behind it. */
function fileOf(url) {
  if (url.startsWith('data:')) return new URLSearchParams(url.slice(url.indexOf('?'))).get('filePath')?.split('?')[0];
  if (url.startsWith('file:')) return fileURLToPath(url.split('?')[0]);
  return path.isAbsolute(url) ? url.split('?')[0] : undefined;
}

function evaluations() {
  const times = {};
  for (const script of scripts) {
    const file = fileOf(script.url);
    if (file === undefined || !/\.m?ts$/.test(file) || !file.startsWith(ROOT + path.sep)) continue;
    if (file.includes('/node_modules/')) continue;
    const name = path.relative(ROOT, file);
    times[name] = (times[name] ?? 0) + 1;
  }
  return times;
}

process.once('beforeExit', () => {
  void (async () => {
    const { COMMANDS } = await import(pathToFileURL(path.join(ROOT, 'scripts/commands.mts')).href);
    for (const { load } of Object.values(COMMANDS)) await load();
    process.stdout.write(`\n${JSON.stringify(evaluations())}\n`);
  })();
});
