/** Bundles that were written before START-HERE.txt had its text of today. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { signBundle } from '../../../offline-bundle/bundle/sign';
import { isFormerStartHere, startHere } from '../../../offline-bundle/layout/start-here';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { copyFolder } from '../../support/copy-folder';
import { writeBundle } from '../bundle/sample-bundle';
import { sample, type Sample } from '../bundle/sample-lock';
import { testSigner } from '../trust/signers';

const FORMER = path.join(__dirname, '../../fixtures/start-here');
const [a, b] = [testSigner(), testSigner()];

let scratch: string;
let made: Sample;
let site: string;

const head = (name = site, root = made.plan.root): string => `AIRLOCK BUNDLE\n\n  site   ${name}\n  index  ${root}\n`;
const verdict = async (dir: string, threshold = 1) =>
  (await verifyBundle({ dir, trusted: [a.trusted, b.trusted], threshold })).result;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'airlock-former-'));
  made = await sample();
  site = made.lock.site;
});
afterAll(() => rm(scratch, { recursive: true }));

it('there are texts of former times, and none of them is that of today', async () => {
  const texts = await readdir(FORMER);
  expect(texts).toEqual(['1.txt']);
  for (const file of texts)
    expect(startHere(site, made.plan.root)).not.toBe(head() + (await readFile(path.join(FORMER, file), 'utf8')));
});

describe.each([['1.txt']])('a bundle with the text of %s', (file) => {
  let rest: string;
  let bundle: string;
  beforeAll(async () => {
    rest = await readFile(path.join(FORMER, file), 'utf8');
    bundle = path.join(scratch, file);
    await writeBundle(bundle, made, [a], 1, Buffer.from(head() + rest));
  });

  it('has it, and verifies', async () => {
    expect(await readFile(path.join(bundle, 'START-HERE.txt'), 'utf8')).toBe(head() + rest);
    expect(await verdict(bundle)).toBe('pass');
  });

  it('takes the seal of one more signer', async () => {
    const dir = path.join(scratch, `signed-${file}`);
    copyFolder(bundle, dir);
    await signBundle(dir, b.signer, {}, '2026-11-23T20:00:00Z', [a.trusted]);
    expect(await verdict(dir, 2)).toBe('pass');
  });

  it('is refused with any other text, also where list and signatures agree with it', async () => {
    const dir = path.join(scratch, `other-${file}`);
    copyFolder(bundle, dir);
    const text = Buffer.from(`${head()}${rest}\n`);
    const sums = await readFile(path.join(dir, 'SHA256SUMS'), 'utf8');
    const old = hexOf(digestOf(Buffer.from(head() + rest)));
    expect(sums).toContain(old);
    const wrong = Buffer.from(sums.replace(old, hexOf(digestOf(text))));
    await writeFile(path.join(dir, 'START-HERE.txt'), text);
    await writeFile(path.join(dir, 'SHA256SUMS'), wrong);
    await writeFile(path.join(dir, 'seals', `${a.trusted.id}.SHA256SUMS.sig`), await a.signer.sign(wrong));
    expect(await verdict(dir)).toBe('fail');
  });

  it('is that text for its own site and index alone', () => {
    const is = (text: string): boolean => isFormerStartHere(Buffer.from(text), site, made.plan.root);
    expect(is(head() + rest)).toBe(true);
    for (const text of [rest, head(), head('another') + rest, head(site, digestOf('')) + rest, ` ${head()}${rest}`])
      expect(is(text)).toBe(false);
    for (const at of [0, Math.floor(rest.length / 2), rest.length - 1])
      expect(is(`${head()}${rest.slice(0, at)}${rest[at] === 'x' ? 'y' : 'x'}${rest.slice(at + 1)}`)).toBe(false);
  });
});
