/**
 * A hook before those of tsx, on a Node without `registerHooks`. Where an ES module imports by name from one of our CommonJS
 * `.ts` files, tsx compiles it and hands the text to Node as `data:text/javascript,…?filePath=…`, for the sake of the names
 * (tsx 4.23: tsx-commonjs-export-preparse). Node evaluates that text as a module of its own, beside the one that `require`
 * has of the file. Here Node gets a text with the same names that asks `require` for the file. Its address is neither the
 * file's, of which Node may remember that it has no names, nor tsx's, which tsx takes for the file itself.
 */

/** What esbuild writes for those who read names (cjs-module-lexer); it never runs. */
const NAMES = /0&&\(module\.exports=\{[^}]*\}\)/;

/** The file whose text it is; undefined for every other answer. */
function compiledFile({ format, responseURL = '' }) {
  if (format !== 'commonjs' || !responseURL.startsWith('data:')) return undefined;
  return new URLSearchParams(responseURL.slice(responseURL.indexOf('?'))).get('filePath')?.split('?')[0];
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const file = compiledFile(loaded);
  if (file === undefined) return loaded;
  const names = NAMES.exec(String(loaded.source))?.[0] ?? '0';
  const source = `module.exports=process.getBuiltinModule("node:module")._load(${JSON.stringify(file)});${names};`;
  return { ...loaded, source, responseURL: `data:text/javascript,${encodeURIComponent(source)}` };
}
