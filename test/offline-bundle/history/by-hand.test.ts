import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { appendRecord } from '../../../offline-bundle/history/history';
import { signPayload } from '../../../offline-bundle/trust/signed-payload';
import { sampleOf } from '../../docs/sample';
import { witnessed } from '../../support/witness';
import { testSigner } from '../trust/signers';

/** The sample of docs/trust.md that begins so. */
const block = (start: string): string => sampleOf('docs/trust.md', start);

const gate = testSigner();
let dir: string;
const sh = (script: string): string =>
  execFileSync('sh', ['-c', script.replaceAll('/tmp/', `${dir}/`)], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();
const at = (number: number): string => path.join(dir, 'history', `0000000${number}.json`);

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-history-'));
  await writeFile(path.join(dir, 'gate.pub'), gate.publicPem);
  for (const number of [1, 2, 3])
    await appendRecord(
      dir,
      {
        act: number === 2 ? 'verify' : 'import',
        ...{ time: '2026-06-15T12:00:00Z', root: digestOf(`bundle ${number}`), site: 'nordlicht' },
        ...{ terms: { policy: digestOf('policy') }, verdict: 'refused', reasons: ['older'], sealedBy: [] },
        overruled: [{ what: 'policy', reason: 'says "previous":null, and "check":"0",' }],
      },
      gate.signer,
    );
});
afterEach(() => rm(dir, { recursive: true }));

describe('a history, by sha256sum alone', () => {
  const chain = block('before=null');

  it('is whole as it was written', () => {
    expect(sh(chain)).toBe('');
  });

  it.each([1, 2, 3])('shows that record %d was changed', async (number) => {
    const text = await readFile(at(number), 'utf8');
    await writeFile(at(number), text.replace('"older"', '"oldes"'));
    expect(sh(chain)).toMatch(new RegExp(`^history/0000000${number}\\.json was changed\n`));
  });

  it('shows that a record is missing', async () => {
    await rename(at(2), path.join(dir, 'away'));
    expect(sh(chain)).toBe('history/00000003.json does not follow the one before\n');
  });
});

describe('the signature over a record', () => {
  const verify = block('record=history/');

  witnessed('openssl', 'version')('is verified by openssl, and no longer after a change of either', async () => {
    expect(sh(verify)).toBe('Verified OK\n');
    const file = path.join(dir, 'history/signatures', `${digestOf(await readFile(at(1))).slice(7)}.sigstore.json`);
    const forged = await signPayload(await readFile(at(1)), testSigner().signer);
    await writeFile(file, forged);
    expect(() => sh(verify)).toThrow();
  });
});
