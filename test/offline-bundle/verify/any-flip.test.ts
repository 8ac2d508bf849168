import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { failures } from '../../../offline-bundle/verify/report';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { makeBundle, makeKey } from '../support/make-bundle';

const keys = [makeKey(), makeKey()];
const trusted = keys.map((key) => key.trusted);
let dir: string;
let files: { name: string; bytes: Buffer }[];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-flip-'));
  await makeBundle(dir, { signers: keys });
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  files = await Promise.all(
    names.map(async (file) => ({ name: path.relative(dir, file), bytes: await readFile(file) })),
  );
  files = files.filter(({ bytes }) => bytes.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
});
afterAll(() => rm(dir, { recursive: true }));

it('any change of any byte of any file makes verify fail and names that file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, mask) => {
      const { name, bytes } = files[which % files.length]!;
      const changed = Buffer.from(bytes);
      const at = where % bytes.length;
      changed[at] = changed[at]! ^ mask;
      await writeFile(path.join(dir, name), changed);
      try {
        const report = await verifyBundle({ dir, trusted, threshold: 1 });
        const subjects = failures(report.checks).map(({ subject }) => subject);
        expect(subjects.filter((subject) => subject.includes(name))).not.toEqual([]);
      } finally {
        await writeFile(path.join(dir, name), bytes);
      }
    }),
    { numRuns: 80 },
  );
  expect((await verifyBundle({ dir, trusted, threshold: 2 })).result).toBe('pass');
});
