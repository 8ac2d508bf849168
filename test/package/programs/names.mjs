/**
 * `node names.mjs <entry> …` prints, for each entry point, the names that `require` gives and `import` does not: Node finds names
 * of CommonJS by reading, not by running (nodejs.org, "CommonJS namespaces").
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const missing = [];
let count = 0;
for (const entry of process.argv.slice(2)) {
  const names = Object.keys(require(`airlock/${entry}`)).filter((name) => name !== '__esModule');
  const imported = await import(`airlock/${entry}`);
  count += names.length;
  missing.push(...names.filter((name) => !(name in imported)).map((name) => `airlock/${entry}: ${name}`));
}
console.log(JSON.stringify({ count, missing }));
