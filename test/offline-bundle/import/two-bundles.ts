/** Two sealed bundles of a site, the second newer, for tests that import them into stores of their own. */
import type { Dirent } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ImportOptions, type ImportReport, importBundle } from '../../../offline-bundle/import/import-bundle';
import { type MadeBundle, makeBundle, makeKey, type TestKey } from '../support/make-bundle';

export interface TwoBundles {
  readonly alice: TestKey;
  readonly bob: TestKey;
  readonly scratch: string;
  /** Sealed by Alice and Bob. */
  readonly first: MadeBundle;
  /** Sealed by Alice. */
  readonly second: MadeBundle;
  /** A path at which nothing is. */
  readonly fresh: () => string;
  /** Imports the first bundle, where nothing else is asked, trusting Alice. */
  readonly run: (storeDir: string, over?: Partial<ImportOptions>) => Promise<ImportReport>;
}

/** Makes them before all tests of a file. */
export function twoBundles(): TwoBundles {
  const [alice, bob] = [makeKey(), makeKey()];
  let scratch = '';
  let first: MadeBundle;
  let second: MadeBundle;
  let names = 0;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-import-'));
    first = await makeBundle(path.join(scratch, 'first'), { signers: [alice, bob], sequence: 1 });
    second = await makeBundle(path.join(scratch, 'second'), { signers: [alice], sequence: 2, variant: '-2' });
  });
  afterAll(() => rm(scratch, { recursive: true }));
  return {
    ...{ alice, bob },
    get scratch() {
      return scratch;
    },
    get first() {
      return first;
    },
    get second() {
      return second;
    },
    fresh: () => path.join(scratch, `dir-${(names += 1)}`),
    run: (storeDir, over = {}) =>
      importBundle({ dir: first.dir, storeDir, trusted: [alice.trusted], threshold: 1, ...over }),
  };
}

/** Every file below a folder but the records of imports, of which each adds one. */
export async function filesOfContent(dir: string): Promise<string[]> {
  const entries: readonly Dirent[] = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(dir, file).startsWith('history/'));
}
