import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../core/digest';
import { modelStatements } from '../../../offline-bundle/layout/model-statements';
import { modelSignatureFileName, modelStatement, signModel } from '../../../offline-bundle/trust/model-signature';
import { openBundle } from '../../../offline-bundle/verify/bundle-directory';
import {
  checkNamedModels,
  isModelSignatureFile,
  judgeModelSignatures,
  MAX_MODEL_SIGNATURES_BYTES,
  type ModelTerms,
  readModelSignatures,
} from '../../../offline-bundle/verify/model-signatures';
import type { VerifyReport } from '../../../offline-bundle/verify/report';
import { verifyBundle } from '../../../offline-bundle/verify/verify-bundle';
import { digestsOf, writeBundle } from '../bundle/sample-bundle';
import { sample, type Sample } from '../bundle/sample-lock';
import { sealsOf, testSigner, type TestSigner } from '../trust/signers';
import { sealPayload } from '../../../offline-bundle/trust/seal';

const [a, b] = [testSigner(), testSigner()];
const SEAL = {
  ...{ site: 'nordlicht', root: digestOf('root'), sequence: 1, sealedAt: '2026-11-23T20:00:00Z' },
  ...{ lock: digestOf('lock'), previous: null },
};
const statements = new Map(
  ['tiny', 'large'].map((name) => [name, modelStatement(name, [{ path: 'x', digest: digestOf(name) }])]),
);
const models = digestsOf(statements);
const file = ({ trusted }: TestSigner, model = 'tiny'): string => modelSignatureFileName(trusted.id, model);
const signed = (by: TestSigner, model = 'tiny'): Promise<Buffer> => signModel(statements.get(model)!, by.signer);

const terms: ModelTerms = {
  ...{ statements, trusted: [a.trusted], signers: [a.trusted.id], seal: { ...SEAL, models } },
};
const good = async (): Promise<Map<string, Buffer>> =>
  new Map([
    [file(a), await signed(a)],
    [file(a, 'large'), await signed(a, 'large')],
  ]);
const results = (checks: readonly { readonly result: string; readonly detail: string }[]): string[] =>
  checks.filter(({ result }) => result !== 'pass').map(({ result, detail }) => `${result}: ${detail}`);

describe('signatures of models', () => {
  it('pass where each signer signed each model of the seal', async () => {
    expect(results(judgeModelSignatures(await good(), terms))).toEqual([]);
    expect(judgeModelSignatures(await good(), terms)).toHaveLength(2);
  });

  it('are not missed where the seal names none, and none is taken there', async () => {
    expect(judgeModelSignatures(new Map(), { ...terms, seal: SEAL })).toEqual([]);
    expect(results(judgeModelSignatures(await good(), { ...terms, seal: SEAL }))).toEqual(
      Array(2).fill('fail: no seal names it'),
    );
  });

  it('of a signer whom nobody trusts here are not counted, and are about the same files all the same', async () => {
    const files = (await good()).set(file(b), await signed(b));
    expect(results(judgeModelSignatures(files, terms))).toEqual([
      `skipped: not counted: key ${b.trusted.id} is not trusted here`,
    ]);
    files.set(file(b), await signed(b, 'large'));
    expect(results(judgeModelSignatures(files, terms))).toEqual([
      'fail: is about other files than those that were locked',
    ]);
  });

  it.each<[string, (files: Map<string, Buffer>) => unknown, string]>([
    ['one is missing', (files) => files.delete(file(a)), 'fail: missing, although this key sealed the bundle'],
    [
      'two are swapped',
      (files) => files.set(file(a), files.get(file(a, 'large'))!),
      'fail: is about other files than those that were locked',
    ],
    [
      'one is of a model that nobody locked',
      (files) => files.set(file(a, 'other'), files.get(file(a))!),
      'fail: the lock has no model other',
    ],
    ['one is empty', (files) => files.set(file(a), Buffer.alloc(0)), 'fail: not a signature in its canonical form'],
  ])('are refused where %s', async (_, damage, result) => {
    const files = await good();
    damage(files);
    expect(results(judgeModelSignatures(files, terms))).toEqual([result]);
  });

  it('are refused under the name of a trusted key that did not make them', async () => {
    const files = (await good()).set(file(a), await signed(b));
    expect(results(judgeModelSignatures(files, terms))).toEqual(['fail: names another key inside']);
  });

  it('cannot be told where the lock cannot be read', async () => {
    const found = judgeModelSignatures(await good(), { ...terms, statements: undefined });
    expect(found.map(({ result }) => result)).toEqual(['skipped', 'skipped']);
  });
});

describe('models that a seal names', () => {
  it('are those of the lock, each with its statement', () => {
    expect(checkNamedModels(models, statements)).toMatchObject([{ result: 'pass' }]);
    expect(checkNamedModels(undefined, statements)).toEqual([]);
    expect(checkNamedModels(models, undefined)).toMatchObject([{ result: 'skipped' }]);
    for (const other of [
      { ...models, more: digestOf('') },
      { tiny: models['tiny']! },
      { ...models, tiny: digestOf('') },
    ])
      expect(checkNamedModels(other, statements)).toMatchObject([{ result: 'fail', fault: 'untrusted' }]);
  });
});

it.each([
  ['seals/0123456789abcdef.tiny.model.sig', true],
  ['seals/0123456789abcdef.sigstore.json', false],
  ['0123456789abcdef.tiny.model.sig', false],
  ['seals/x/0123456789abcdef.tiny.model.sig', false],
])('%s is a signature of a model: %s', (name, is) => expect(isModelSignatureFile(name)).toBe(is));

describe('a bundle with signatures of models', () => {
  let scratch: string;
  let made: Sample;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'airlock-models-'));
    made = await sample();
    await writeBundle(path.join(scratch, 'good'), made, [a, b]);
  });
  afterAll(() => rm(scratch, { recursive: true }));

  const copied = async (name: string): Promise<string> => {
    const dir = path.join(scratch, name);
    await cp(path.join(scratch, 'good'), dir, { recursive: true });
    return dir;
  };
  const verdict = (dir: string): Promise<VerifyReport> =>
    verifyBundle({ dir, trusted: [a.trusted], threshold: 1, now: new Date('2026-11-24T00:00:00Z') });

  it('lists each in its report', async () => {
    const { result, checks } = await verdict(path.join(scratch, 'good'));
    expect(result).toBe('pass');
    expect(checks).toContainEqual({
      ...{ id: 'seal', subject: `seals/${file(a)}`, result: 'pass' },
      detail: `the files of tiny, signed by the trusted key ${a.trusted.id}`,
    });
  });

  it('is refused with a reason where one does not hold', async () => {
    const dir = await copied('bad');
    await writeFile(path.join(dir, 'seals', file(a)), await readFile(path.join(dir, 'seals', file(b))));
    expect(await verdict(dir)).toMatchObject({ result: 'fail', reasons: ['bad-model-signature'] });
  });

  it('is refused where its seal names other files than its lock', async () => {
    const dir = await copied('other');
    const sums = await readFile(path.join(dir, 'SHA256SUMS'));
    const other = modelStatement('tiny', [{ path: 'x', digest: digestOf('') }]);
    const payload = sealPayload({
      ...SEAL,
      ...{ root: made.plan.root, lock: digestOf(made.lockBytes), models: { tiny: digestOf(other) } },
    });
    await rm(path.join(dir, 'seals'), { recursive: true });
    await cp(path.join(scratch, 'good', 'seals'), path.join(dir, 'seals'), {
      recursive: true,
      filter: (from) => !from.includes(b.trusted.id),
    });
    for (const [name, bytes] of await sealsOf(a.signer, payload, sums))
      await writeFile(path.join(dir, 'seals', name), bytes);
    await writeFile(path.join(dir, 'seals', file(a)), await signModel(other, a.signer));
    expect((await verdict(dir)).reasons).toEqual(['bad-model-signature', 'seal-of-something-else']);
  });

  it('is read up to a limit', async () => {
    const dir = await copied('large');
    await writeFile(path.join(dir, 'seals', file(a)), Buffer.alloc(MAX_MODEL_SIGNATURES_BYTES + 1));
    const found = await readModelSignatures(await openBundle(dir));
    expect(found.get(file(a))).toHaveLength(0);
    expect(found.get(file(b))?.length).toBeGreaterThan(0);
    expect((await verdict(dir)).reasons).toEqual(['bad-model-signature']);
  });

  it('has a statement for each model of its lock', () => {
    expect([...modelStatements(made.lock).keys()]).toEqual(made.lock.models.map(({ name }) => name));
  });
});
