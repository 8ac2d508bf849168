#!/usr/bin/env node
// airlock.mjs: every command of Airlock in one file. The code lies below in chunks, each in a comment, and this loader compiles a
// chunk when something asks for it first, so that a command starts without parsing what it does not need. Above a chunk stand the
// sources that are in it; docs/far-side.md says how to read one.
// Written so that any Node with modules understands it: the check of Node comes before newer syntax is read.
import { fileURLToPath } from 'url';
import vm from 'vm';

/** What chunks find besides modules. */
const airlock = {
  file: fileURLToPath(import.meta.url),
  get assets() {
    return textOf('assets.json');
  },
  get licenses() {
    return textOf('licenses.json');
  },
};

const loaded = Object.create(null);

/** What a chunk exports. A name that is no chunk's is a module of Node, or refused: nothing beside this file is loaded. */
function load(name) {
  if (name in loaded) return loaded[name];
  return (loaded[name] = TEXTS[name] === undefined ? moduleOfNode(name) : run(name));
}

/** What the comment holds that is all of a method; `*\u002a` and the like stand for what cannot be in a comment as it is. */
function textOf(name) {
  const method = TEXTS[name].toString();
  const text = method.slice(method.indexOf('/*\n') + 3, method.lastIndexOf('\n*/'));
  return text.replace(/\*\\u([0-9a-f]{4})/g, (_, unit) => String.fromCharCode(parseInt(unit, 16)));
}

function run(name) {
  const module = { exports: {} };
  const chunk = vm.compileFunction(textOf(name), ['exports', 'require', 'module', 'airlock'], {
    // As stack traces name it: no folder of a machine.
    filename: 'airlock.mjs/' + name,
  });
  chunk(module.exports, load, module, airlock);
  return module.exports;
}

function moduleOfNode(name) {
  const found = process.getBuiltinModule(name);
  if (found !== undefined) return found;
  throw Object.assign(new Error(name + ' is not in airlock.mjs'), { code: 'MODULE_NOT_FOUND' });
}

function start(entry) {
  const refused = refusedNode(process.versions.node);
  if (refused !== undefined) {
    console.error(refused);
    process.exitCode = 3;
    return;
  }
  // What Node says of old calls in packages is for those who build, not for those who run it.
  process.noDeprecation = true;
  load(entry);
}
