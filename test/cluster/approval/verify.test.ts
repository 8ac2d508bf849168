import { approvalFileName, MAX_APPROVAL_BYTES } from '../../../cluster/approval/sign';
import { approvalPayload, type ApprovalStatement } from '../../../cluster/approval/statement';
import { type ApprovalsToJudge, judgeApprovals } from '../../../cluster/approval/verify';
import { digestOf } from '../../../core/digest';
import { PREDICATE_TYPES } from '../../../core/identifiers';
import { formatSigned, signPayload } from '../../../offline-bundle/trust/signed-payload';
import type { EnclaveDeployment } from '../../../site/generated/enclave';
import { type TestSigner, testSigner } from '../../offline-bundle/trust/signers';

const [ada, ben, eve] = [testSigner(), testSigner(), testSigner()];
const DIGEST = digestOf('x');
const CLUSTER = { uid: '5a6e1f0c-6c3b-4f2e-9d44-0e2b8f6b7c11', certificateAuthority: DIGEST };
const STATEMENT: ApprovalStatement = {
  site: 'nordlicht',
  plan: { 'manifest.json': DIGEST, 'a.json': DIGEST },
  inputs: { site: DIGEST, enclave: DIGEST, lock: DIGEST, waivers: null },
  report: DIGEST,
  gate: 'pass',
  signedAt: '2026-11-30T12:00:00Z',
  expires: '2026-12-30T12:00:00Z',
  airlock: '0.1.0',
  cluster: CLUSTER,
  emergency: null,
};
const named = [
  { name: 'Ada', key: ada.trusted.id },
  { name: 'Ben', key: ben.trusted.id },
];
const deployment: EnclaveDeployment = {
  cluster: CLUSTER,
  approvals: { threshold: 2, reviewers: named },
  emergency: named,
};

const approval = async ({ signer }: TestSigner, statement = STATEMENT): Promise<[string, Buffer]> => [
  approvalFileName(signer.keyId),
  await signPayload(approvalPayload(statement), signer),
];

const judged = async (
  approvals: readonly (readonly [string, Buffer])[],
  more: Partial<ApprovalsToJudge> = {},
): ReturnType<typeof judgeApprovals> =>
  judgeApprovals({
    approvals: new Map(approvals),
    trusted: [ada.trusted, ben.trusted],
    ...{
      deployment,
      site: 'nordlicht',
      plan: STATEMENT.plan,
      inputs: STATEMENT.inputs,
      version: '0.1.0',
      emergency: false,
    },
    now: new Date('2026-12-01T00:00:00Z'),
    reaudit: () => Promise.resolve({ digest: DIGEST, gate: 'pass' }),
    ...more,
  });

it('counts the signatures of two reviewers over these very bytes', async () => {
  const verdict = await judged([await approval(ada), await approval(ben)]);
  expect(verdict).toMatchObject({ ok: true, needed: 2, refused: [] });
  expect(verdict.accepted.map(({ name }) => name).sort()).toEqual(['Ada', 'Ben']);
});

it('is not content with one of two', async () => {
  expect(await judged([await approval(ada)])).toMatchObject({ ok: false, refused: [] });
});

it('asks for the audit of the day on which it was signed', async () => {
  const days: string[] = [];
  await judged([await approval(ada)], {
    reaudit: (day) => {
      days.push(day);
      return Promise.resolve({ digest: DIGEST, gate: 'pass' });
    },
  });
  expect(days).toEqual(['2026-11-30']);
});

const OTHER = digestOf('other');
const DIFFERENT: readonly [string, Partial<ApprovalStatement>, RegExp][] = [
  ['another site', { site: 'other' }, /of site other/],
  ...(['site', 'enclave', 'lock', 'waivers'] as const).map((name): [string, Partial<ApprovalStatement>, RegExp] => [
    `another ${name}`,
    { inputs: { ...STATEMENT.inputs, [name]: OTHER } },
    new RegExp(`${name} changed`),
  ]),
  ['a changed file', { plan: { ...STATEMENT.plan, 'a.json': OTHER } }, /a\.json was changed/],
  ['a file more', { plan: { ...STATEMENT.plan, 'b.json': OTHER } }, /b\.json is gone/],
  ['a file less', { plan: { 'a.json': DIGEST } }, /manifest\.json was added/],
  ['another report', { report: OTHER }, /another report/],
  ['a gate that failed', { gate: 'fail' }, /another report/],
  ['another cluster', { cluster: { ...CLUSTER, uid: '0' } }, /another cluster/],
  ['another authority', { cluster: { ...CLUSTER, certificateAuthority: OTHER } }, /another cluster/],
  ['another version', { airlock: '0.2.0' }, /Airlock 0\.2\.0/],
  ['an end in the past', { expires: '2026-12-01T00:00:00Z' }, /expired/],
  ['a beginning in the future', { signedAt: '2026-12-01T00:11:00Z', expires: '2026-12-02T00:00:00Z' }, /future/],
  ['more days than are allowed', { expires: '2026-12-30T12:00:01Z' }, /more than 30 days/],
  ['an emergency', { emergency: 'why' }, /--emergency/],
];

it.each(DIFFERENT)('does not count what was signed with %s', async (_, more, why) => {
  const verdict = await judged([await approval(ada), await approval(ben, { ...STATEMENT, ...more })]);
  expect(verdict).toMatchObject({
    ok: false,
    refused: [{ file: approvalFileName(ben.trusted.id), why: expect.stringMatching(why) as string }],
  });
});

it('changes every leaf of a statement in the cases above', () => {
  const touched = new Set(DIFFERENT.flatMap(([, more]) => Object.keys(more)));
  expect([...Object.keys(STATEMENT)].filter((key) => !touched.has(key))).toEqual([]);
});

it('does not count an audit that fails today, whatever was signed', async () => {
  const statement: ApprovalStatement = { ...STATEMENT, gate: 'fail' };
  const reaudit = (): Promise<{ digest: typeof DIGEST; gate: 'fail' }> =>
    Promise.resolve({ digest: DIGEST, gate: 'fail' });
  const both = [await approval(ada, statement), await approval(ben, statement)];
  expect((await judged(both, { reaudit })).refused.map(({ why }) => why)).toEqual([
    'the audit did not pass',
    'the audit did not pass',
  ]);
});

it('does not count a stranger, a file of another name, or what is no approval', async () => {
  const [name, bytes] = await approval(ada);
  const seal = await signPayload(
    Buffer.from(JSON.stringify({ predicateType: PREDICATE_TYPES.seal.written })),
    ben.signer,
  );
  const forged = formatSigned({
    keyId: ben.trusted.id,
    payload: approvalPayload(STATEMENT),
    signature: Buffer.from('x'),
  });
  for (const [file, content, why] of [
    [...(await approval(eve)), /not both named/],
    ['copy.json', bytes, /says it is by key/],
    [approvalFileName(ben.trusted.id), bytes, /says it is by key/],
    [approvalFileName(ben.trusted.id), seal, /no approval of this format/],
    [approvalFileName(ben.trusted.id), forged, /not signed by key/],
    ['README', Buffer.from('x'), /one form/],
    [approvalFileName(ben.trusted.id), Buffer.alloc(MAX_APPROVAL_BYTES + 1, 0x20), /one form/],
  ] as const) {
    const verdict = await judged([
      [name, bytes],
      [file, content],
    ]);
    expect({ ok: verdict.ok, why: verdict.refused.map((one) => one.why).join() }).toEqual({
      ok: false,
      why: expect.stringMatching(why) as string,
    });
  }
});

it('does not count a key that is given and that the enclave does not name', async () => {
  const verdict = await judged([await approval(ada), await approval(eve)], {
    trusted: [ada.trusted, ben.trusted, eve.trusted],
  });
  expect(verdict).toMatchObject({ ok: false, refused: [{ file: approvalFileName(eve.trusted.id) }] });
});

it.each([
  ['too few keys', { trusted: [ada.trusted] }],
  ['strangers’ keys', { trusted: [eve.trusted, ada.trusted] }],
  ['the same key twice', { trusted: [ada.trusted, ada.trusted] }],
  ['nobody for emergencies', { emergency: true, deployment: { cluster: CLUSTER, approvals: deployment.approvals } }],
])('says at once that nobody can approve with %s', async (_, more) => {
  await expect(judged([], more)).rejects.toMatchObject({ code: 'APPROVAL_KEYS_MISSING' });
});

describe('in an emergency', () => {
  const statement: ApprovalStatement = { ...STATEMENT, gate: 'fail', emergency: 'the gateway answers nobody' };
  const more: Partial<ApprovalsToJudge> = {
    emergency: true,
    reaudit: () => Promise.resolve({ digest: DIGEST, gate: 'fail' }),
  };

  it('two named keys open what no audit passes', async () => {
    expect(await judged([await approval(ada, statement), await approval(ben, statement)], more)).toMatchObject({
      ok: true,
      needed: 2,
    });
  });

  it('one of them, or an approval that says nothing of it, does not', async () => {
    expect(await judged([await approval(ada, statement)], more)).toMatchObject({ ok: false });
    expect(await judged([await approval(ada, statement), await approval(ben)], more)).toMatchObject({ ok: false });
  });

  it('it still is of these very bytes', async () => {
    const other = { ...statement, report: OTHER };
    expect(await judged([await approval(ada, statement), await approval(ben, other)], more)).toMatchObject({
      ok: false,
    });
  });
});
