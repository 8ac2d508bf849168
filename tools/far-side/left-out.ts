/** Modules that `airlock.mjs` never needs, though something in it names them. */
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** What is asked for, from where, and why nobody misses it. */
const LEFT_OUT: readonly { readonly path: RegExp; readonly importer: RegExp }[] = [
  // cdktf packs assets into archives with it; the kit has none (constructs/release/envelope-chart.ts).
  { path: /^archiver$/, importer: /node_modules\/cdktf\/lib\/private\/fs\.js$/ },
  // The program carries its own bytes and licenses, and builds nothing.
  { path: /\/build-far-side\.js$/, importer: /scripts\/kit-program\.mts$/ },
];

/** Puts a module in their place that says so, where it is used after all. */
export const leaveOut: Plugin = {
  name: 'left-out',
  setup(build) {
    build.onResolve({ filter: /archiver|build-far-side/ }, ({ path: asked, importer }) => {
      const from = importer.split(path.sep).join('/');
      const known = LEFT_OUT.some((one) => one.path.test(asked) && one.importer.test(from));
      return known ? { path: path.posix.basename(asked), namespace: 'left-out' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path: name }) => ({
      contents: `module.exports = new Proxy(function () {}, { get() { throw new Error(${JSON.stringify(`${name} is not in airlock.mjs`)}); } });`,
      loader: 'js',
    }));
  },
};
