import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import picomatch from 'picomatch';
import { ASSETS } from '../../../core/assets';
import { entriesOf, LIBRARY, readManifest, ROOT } from '../../../tools/package/manifest';

const manifest = readManifest();
const entries = entriesOf(manifest);
const { files } = JSON.parse(readFileSync(path.join(ROOT, 'tsconfig.package.json'), 'utf8')) as { files: string[] };

describe('the entry points of the package', () => {
  it('are about ten, and none is a pattern', () => {
    expect(entries.length).toBeGreaterThan(8);
    expect(entries.filter((entry) => !/^[a-z-]+$/.test(entry))).toEqual([]);
  });

  it('are what is compiled, and have a report each', () => {
    expect([...files].sort()).toEqual(entries.map((entry) => `${entry}/index.ts`));
    expect(entries.filter((entry) => !existsSync(path.join(ROOT, 'api', `${entry}.api.md`)))).toEqual([]);
  });

  it.each(entries)('%s resolves by exports, and by typesVersions where those are not read', (entry) => {
    const declarations = `${LIBRARY}/${entry}/index.d.ts`;
    expect(manifest.exports[`./${entry}`]).toEqual({
      types: `./${declarations}`,
      default: `./${LIBRARY}/${entry}/index.js`,
    });
    expect(manifest.typesVersions['*']?.[entry]).toEqual([declarations]);
  });

  it('have no further names in typesVersions', () => {
    expect(Object.keys(manifest.typesVersions['*'] ?? {}).sort()).toEqual(entries);
  });

  it('are in no circle of imports', async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: files,
      outdir: path.join(ROOT, 'dist'),
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      packages: 'external',
      logLevel: 'silent',
    });
    const reachedFrom = (start: string): Set<string> => {
      const seen = new Set<string>();
      const waiting = [start];
      for (let file = waiting.pop(); file !== undefined; file = waiting.pop())
        for (const { path: imported, external } of metafile.inputs[file]?.imports ?? [])
          if (external !== true && !seen.has(imported)) {
            seen.add(imported);
            waiting.push(imported);
          }
      return seen;
    };
    expect(files.filter((file) => reachedFrom(file).has(file))).toEqual([]);
    expect(reachedFrom('stacks/index.ts').has('constructs/confinement/confined-namespace.ts')).toBe(true);
  });
});

describe('the package', () => {
  it.each(ASSETS)('carries %s, which is read at run time', (asset) => {
    const file = path.extname(asset) === '' ? `${asset}/any` : asset;
    const shipped = manifest.files.some((glob) => picomatch([glob, `${glob}/**`])(file));
    expect(shipped || asset === 'package.json').toBe(true); // npm packs package.json always
  });

  it.each(Object.keys(manifest.peerDependencies))('is developed with one version of its peer %s', (name) => {
    expect(manifest.devDependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(manifest.dependencies).not.toHaveProperty([name]);
  });
});
