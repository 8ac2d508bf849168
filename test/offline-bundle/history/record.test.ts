import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { digestOf } from '../../../core/digest';
import { type HistoryRecord, parseRecord, recordBytes } from '../../../offline-bundle/history/record';

const digest = fc.string().map((text) => digestOf(text));
const id = fc.stringMatching(/^[0-9a-f]{16}$/);
const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((one) => !/\p{Cs}/u.test(one));
const anyRecord: fc.Arbitrary<HistoryRecord> = fc.record(
  {
    act: fc.constantFrom('import', 'verify', 'remove'),
    time: fc.constant('2026-06-15T12:00:00Z'),
    root: digest,
    site: text,
    sequence: fc.nat(),
    terms: fc.oneof(fc.record({ policy: digest }), fc.record({ trusted: fc.array(id), threshold: fc.nat() })),
    verdict: fc.constantFrom('taken', 'refused'),
    reasons: fc.array(text),
    overruled: fc.array(
      fc.record(
        { what: fc.constantFrom('sequence', 'site', 'policy', 'unsigned'), reason: text },
        { requiredKeys: ['what'] },
      ),
    ),
    sealedBy: fc.array(id),
    number: fc.integer({ min: 1, max: 99_999_999 }),
    previous: fc.option(digest),
    signer: fc.option(id),
  },
  {
    requiredKeys: [
      ...(['act', 'time', 'root', 'terms', 'verdict', 'reasons', 'overruled', 'sealedBy'] as const),
      ...(['number', 'previous', 'signer'] as const),
    ],
  },
);

const one: HistoryRecord = {
  ...{ act: 'import', time: '2026-06-15T12:00:00Z', root: digestOf('root'), site: 'nordlicht', sequence: 3 },
  ...{ terms: { policy: digestOf('policy') }, verdict: 'taken', reasons: [], sealedBy: ['a'.repeat(16)] },
  ...{ overruled: [{ what: 'policy', reason: 'a "check":"0", "previous":null, in words' }] },
  ...{ number: 7, previous: digestOf('before'), signer: null },
};

describe('a record', () => {
  it('is read as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(parseRecord(recordBytes(record))).toEqual(record);
      }),
      { numRuns: 60 },
    );
  });

  it('is none after a flip of a single bit, in any of its bytes', () => {
    const bytes = recordBytes(one);
    for (let at = 0; at < bytes.length * 8; at += 7) {
      const flipped = Buffer.from(bytes);
      const byte = at >> 3;
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (at & 7));
      if (parseRecord(flipped) !== undefined) throw new Error(`bit ${at} changed unseen`);
    }
  });

  it('is none as any other bytes', () => {
    const bytes = recordBytes(one);
    for (const other of ['', 'null', '[]', '{}', '{"predicate":1}', '{"subject":[1],"predicate":{"policy":{}}}'])
      expect(parseRecord(Buffer.from(other))).toBeUndefined();
    expect(parseRecord(bytes.subarray(0, -1))).toBeUndefined();
    expect(parseRecord(Buffer.concat([bytes, bytes]))).toBeUndefined();
  });

  it('is a verification summary of SLSA', () => {
    const { predicateType, subject, predicate } = JSON.parse(recordBytes(one).toString()) as Record<string, unknown>;
    expect({ predicateType, subject }).toEqual({
      predicateType: 'https://slsa.dev/verification_summary/v1',
      subject: [{ name: 'nordlicht', digest: { sha256: one.root.slice(7) } }],
    });
    expect(predicate).toMatchObject({
      ...{ verifier: { id: 'https://airlock.dev/import' }, timeVerified: one.time, verificationResult: 'PASSED' },
      ...{
        verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED'],
        policy: { digest: { sha256: digestOf('policy').slice(7) } },
      },
      resourceUri: `pkg:oci/bundle@sha256%3A${one.root.slice(7)}?repository_url=airlock/bundle`,
    });
    expect(JSON.parse(recordBytes({ ...one, verdict: 'refused' }).toString())).toMatchObject({
      predicate: { verificationResult: 'FAILED', verifiedLevels: ['FAILED'] },
    });
  });

  it('states a digest of itself that sed and sha256sum find', () => {
    const line = recordBytes(one).toString();
    const [, check = ''] = /"check":"([0-9a-f]{64})"/.exec(line) ?? [];
    const said = execFileSync('sh', ['-c', `sed 's/"check":"[0-9a-f]*",//' | sha256sum | cut -c1-64`], { input: line });
    expect(said.toString().trim()).toBe(check);
  });
});
