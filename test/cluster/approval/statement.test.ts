import { approvalPayload, type ApprovalStatement, parseApproval } from '../../../cluster/approval/statement';
import { digestOf } from '../../../core/digest';
import { leavesOf } from '../../blueprint/files';

const DIGEST = digestOf('x');
const STATEMENT: ApprovalStatement = {
  site: 'nordlicht',
  plan: { 'manifest.json': DIGEST, 'stacks/a/cdk.tf.json': digestOf('y'), __proto__x: DIGEST },
  inputs: { site: DIGEST, enclave: DIGEST, lock: DIGEST, waivers: null },
  report: DIGEST,
  gate: 'pass',
  signedAt: '2026-11-30T12:00:00Z',
  expires: '2026-12-30T12:00:00Z',
  airlock: '0.1.0',
  cluster: { uid: '5a6e1f0c-6c3b-4f2e-9d44-0e2b8f6b7c11', certificateAuthority: DIGEST },
  emergency: null,
};

interface Written {
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: Record<string, unknown>;
}

const written = (): Written => JSON.parse(approvalPayload(STATEMENT).toString()) as Written;

/** Another value at one place. */
function changed(
  value: unknown,
  [key, ...rest]: readonly (string | number)[],
  change: (leaf: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest, change);
  return copy;
}

it('says back what was signed', () => {
  expect(parseApproval(approvalPayload(STATEMENT))).toEqual(STATEMENT);
  const waived = {
    ...STATEMENT,
    inputs: { ...STATEMENT.inputs, waivers: DIGEST },
    gate: 'fail' as const,
    emergency: 'why',
  };
  expect(parseApproval(approvalPayload(waived))).toEqual(waived);
});

it('is an in-toto statement about every file of the plan', () => {
  const { subject, predicateType } = written();
  expect(predicateType).toBe('https://airlock.dev/approval/v1');
  expect(subject.map(({ name }) => name)).toEqual(['__proto__x', 'manifest.json', 'stacks/a/cdk.tf.json']);
});

const refusedBytes = (value: unknown): void =>
  expect(() => parseApproval(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))).toThrow(
    'no approval of this format',
  );

describe('refuses', () => {
  it.each(leavesOf(written()).map((steps) => [steps.join('.'), steps] as const))(
    'another kind of value at %s',
    (_, steps) => {
      for (const other of [17, [], {}, true]) refusedBytes(changed(written(), steps, () => other));
      if (steps.at(-1) !== 'emergency' && steps.at(-1) !== 'waivers')
        refusedBytes(changed(written(), steps, () => null));
    },
  );

  it.each(leavesOf(written()).map((steps) => [steps.join('.'), steps] as const))('nothing at %s', (_, steps) => {
    refusedBytes(changed(written(), steps, () => undefined));
  });

  it.each(['', 'x', '2026-11-31T12:00:00Z', '2026-11-30', '2026-11-30T12:00:00+01:00', '2026-11-30T24:00:00Z'])(
    '%j as a time',
    (time) => {
      refusedBytes(changed(written(), ['predicate', 'signedAt'], () => time));
      refusedBytes(changed(written(), ['predicate', 'expires'], () => time));
    },
  );

  it('other bytes of the same value, more than is known, and what is no JSON', () => {
    refusedBytes(JSON.stringify(written(), null, 1));
    refusedBytes(changed(written(), ['predicate'], (one) => ({ ...(one as object), more: 1 })));
    refusedBytes({ ...written(), more: 1 });
    const { subject } = written();
    refusedBytes({ ...written(), subject: [...subject, ...subject] });
    refusedBytes({ ...written(), subject: [] });
    refusedBytes('{');
    refusedBytes('null');
  });
});
