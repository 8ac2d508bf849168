import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AirlockError } from '../../../core/errors';
import { Faults } from '../../../site/checks/faults';
import { badInput } from '../../../core/errors';
import { loadEnclave } from '../../../site/load-enclave';
import { loadSite } from '../../../site/load-site';
import { loadLock } from '../../../site/lock/lock-file';
import { filesOf, located } from '../../../site/reading/located';
import { together } from '../../../site/reading/together';

const folder = mkdtempSync(path.join(tmpdir(), 'airlock-together-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};

const caught = async (work: Promise<unknown>): Promise<AirlockError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AirlockError) return error;
  throw new Error('nothing was refused');
};

const THREE = { site: loadSite, enclave: loadEnclave, lock: loadLock };

describe('files that belong together', () => {
  const site = file('broken-site.yaml', 'kind: Site\nname: [');
  const enclave = file('broken-enclave.yaml', 'kind: Enclave\n');
  const lock = file('broken.lock.json', '{"kind":"Lock"}');

  it('name the faults of every broken one', async () => {
    const error = await caught(
      together({ site: [site, THREE.site], enclave: [enclave, THREE.enclave], lock: [lock, THREE.lock] }),
    );
    expect([error.code, error.exitCode]).toEqual(['FILES_INVALID', 2]);
    expect(new Set(error.faults.map((fault) => fault.file))).toEqual(new Set([site, enclave, lock]));
    expect(error.faults.filter(({ fix }) => fix === undefined)).toEqual([]);
  });

  it('name one that is missing beside one that is broken', async () => {
    const absent = path.join(folder, 'absent.yaml');
    const error = await caught(together({ site: [absent, THREE.site], lock: [lock, THREE.lock] }));
    expect(error.faults.find((fault) => fault.file === absent)).toMatchObject({ code: 'FILE_MISSING' });
    expect(error.faults.some((fault) => fault.file === lock)).toBe(true);
  });

  it('leave the error of the only broken one as it is', async () => {
    const error = await caught(together({ site: [site, THREE.site], other: ['x', () => Promise.resolve(1)] }));
    expect(error.code).toBe('SITE_FILE_INVALID');
  });

  it('pass on what is no fault of a file', async () => {
    const broken = (): Promise<never> => Promise.reject(new TypeError('ours'));
    await expect(together({ site: [site, THREE.site], other: ['x', broken] })).rejects.toThrow(TypeError);
  });

  it('are read where nothing is wrong', async () => {
    const read = (name: string): Promise<string> => Promise.resolve(`of ${name}`);
    expect(await together({ a: ['x', read], b: ['y', read] })).toEqual({ a: 'of x', b: 'of y' });
  });
});

describe('a fault of a decision', () => {
  const names = filesOf({
    site: file('site.yaml', 'a:\n  - { name: one }\n  - name: two\n    b: 1\n'),
    enclave: file('enclave.yaml', 'network: { x: 1 }\n'),
    lock: file('airlock.lock.json', '{\n  "images": [\n    { "name": "engine" }\n  ]\n}'),
  });
  const at = async (name: 'site.yaml' | 'enclave.yaml' | 'airlock.lock.json', place: string) => {
    const faults = new Faults();
    faults.note({ file: name, path: place }, badInput('SITE_LACKS_NAME', 'odd'));
    const [fault] = (await caught(located(names, () => faults.throwAll()))).faults;
    return [fault?.file, fault?.line];
  };

  it.each([
    ['site.yaml', 'a[1].b', 4],
    ['site.yaml', 'a[two].b', 4],
    ['site.yaml', 'a[1].absent.deeper', 3],
    ['enclave.yaml', 'weights', 1],
    ['airlock.lock.json', 'images[engine]', 3],
    ['airlock.lock.json', '', 1],
  ] as const)('in %s at %s has its line and the name under which the file was read', async (name, place, line) => {
    expect(await at(name, place)).toEqual([names[name], line]);
  });
});
