/** A store with sealed bundles as `airlock import` leaves it, made once and copied for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { importBundle } from '../../../offline-bundle/import/import-bundle';
import { copyFolder } from '../../support/copy-folder';
import { type MadeBundle, makeBundle, type MakeBundleOptions, makeKey, type TestKey } from '../support/make-bundle';

export interface Sealed {
  readonly scratch: string;
  /** The store, for tests that only read it. */
  readonly dir: string;
  readonly key: TestKey;
  /** By their names. */
  readonly bundles: Readonly<Record<string, MadeBundle>>;
  /** A copy of the store for one test, in which it may break things. */
  copy(): string;
}

/** Makes and imports bundles in their order, before all tests of a file. */
export function sealedStore(options: Readonly<Record<string, MakeBundleOptions>>): Sealed {
  const key = makeKey();
  const bundles: Record<string, MadeBundle> = {};
  let scratch = '';
  let copies = 0;
  const pristine = (): string => path.join(scratch, 'store');
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(os.tmpdir(), 'airlock-upkeep-'));
    for (const [name, over] of Object.entries(options)) {
      bundles[name] = await makeBundle(path.join(scratch, name), { signers: [key], ...over });
      const trust =
        over.signers?.length === 0 ? { trusted: [], unsignedAcceptedBy: 'Ada' } : { trusted: [key.trusted] };
      const { result } = await importBundle({
        ...{ dir: bundles[name].dir, storeDir: pristine(), threshold: 1, ...trust },
        acceptSite: over.site ?? 'nordlicht',
      });
      expect([name, result]).toEqual([name, 'imported']);
    }
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  return {
    get scratch() {
      return scratch;
    },
    get dir() {
      return pristine();
    },
    ...{ key, bundles },
    copy: () => {
      const to = path.join(scratch, `copy-${(copies += 1)}`);
      copyFolder(pristine(), to);
      return to;
    },
  };
}
