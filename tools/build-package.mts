/** `npm run build:package`: the library in dist/lib; `npm pack` ships it beside airlock.mjs. */
import { buildLibrary } from './package/build-library.js';
import { LIBRARY, ROOT } from './package/manifest.js';

console.log(`${LIBRARY} ${String(buildLibrary(ROOT))} files`);
