import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../../core/digest';
import { preAuthEncoding } from '../../../offline-bundle/trust/dsse';
import { createSeal, formatSeal, parseSeal, sealPayload, type SealStatement } from '../../../offline-bundle/trust/seal';
import { testSigner } from './signers';

const statement: SealStatement = {
  site: 'nordlicht',
  root: digestOf('root'),
  sequence: 7,
  sealedAt: '2026-11-23T20:00:00Z',
  lock: digestOf('lock'),
  previous: null,
};

describe('DSSE', () => {
  it("gives the specification's example", () => {
    // secure-systems-lab/dsse, protocol.md: "DSSEv1 29 http://example.com/HelloWorld 11 hello world".
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
  });
});

describe('the payload of a seal', () => {
  it('is an in-toto statement about the index digest, in RFC 8785 form', () => {
    expect(sealPayload(statement).toString()).toBe(
      '{"_type":"https://in-toto.io/Statement/v1",' +
        `"predicate":{"lock":"${statement.lock}","previous":null,"sealedAt":"2026-11-23T20:00:00Z","sequence":7,"site":"nordlicht"},` +
        '"predicateType":"https://airlock.dev/seal/v1",' +
        `"subject":[{"digest":{"sha256":"${statement.root.slice(7)}"},"name":"nordlicht"}]}`,
    );
  });

  it('comes back as what was written, once the seal verifies', async () => {
    const { signer } = testSigner();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          site: fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$/),
          sequence: fc.nat(),
          sealedAt: fc
            .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
            .map((date) => `${date.toISOString().slice(0, 19)}Z`),
          previous: fc.option(fc.string().map(digestOf)),
        }),
        async (part) => {
          const whole = { ...statement, ...part };
          expect(parseSeal(await createSeal(sealPayload(whole), signer)).open(signer.publicKey)).toEqual(whole);
        },
      ),
    );
  });

  it.each([
    ['2026-11-23T20:00:00+01:00', 'not a time'],
    ['2026-02-30T20:00:00Z', 'not a time'],
    ['yesterday', 'not a time'],
  ])('refuses the time %s', (sealedAt, message) => {
    expect(() => sealPayload({ ...statement, sealedAt })).toThrow(message);
  });

  it.each(['', 'two words', 'line\nbreak', '\u001b[2J', '\u202esite', 'x'.repeat(54)])(
    'refuses %j as the name of a site, and shows it without its controls',
    (site) => {
      expect(() => sealPayload({ ...statement, site })).toThrow(/^[ -~]*is not the name of a site$/);
    },
  );

  it('takes for the name of a site what the schemas of site and lock take', async () => {
    const pattern = '^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$';
    for (const [file, name] of [
      ['site', 'name'],
      ['lock', 'siteName'],
    ] as const) {
      const text = await readFile(path.join(__dirname, `../../../site/schema/${file}.schema.json`), 'utf8');
      const { $defs } = JSON.parse(text) as { $defs: Record<string, { pattern?: string }> };
      expect($defs[name]?.pattern).toBe(pattern);
    }
  });

  it('refuses other sequences than whole numbers', () => {
    for (const sequence of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => sealPayload({ ...statement, sequence })).toThrow(/whole number/);
  });

  it('is refused when it has other content or another form, though its signature holds', async () => {
    const { signer } = testSigner();
    const open = async (text: string): Promise<SealStatement | undefined> =>
      parseSeal(await createSeal(Buffer.from(text), signer)).open(signer.publicKey);
    const good = sealPayload(statement).toString();
    for (const bad of ['{}', 'null', '[]', 'no JSON', ` ${good}`, good.replace('"sequence":7', '"sequence":7.0')])
      await expect(open(bad)).rejects.toThrow(/not a seal of this format/);
    await expect(open(good.replace('{"lock"', '{"extra":1,"lock"'))).rejects.toThrow(/not a seal/);
    expect(await open(good)).toEqual(statement);
  });

  it('cannot be read by another key, nor out of the seal without one', async () => {
    const { signer } = testSigner();
    const seal = parseSeal(await createSeal(sealPayload(statement), signer));
    expect(seal.open(testSigner().signer.publicKey)).toBeUndefined();
    expect(Object.keys(seal)).toEqual(['keyId']);
  });
});

describe('a seal', () => {
  it('is a Sigstore bundle v0.3 on one line with exactly one signature', async () => {
    const { signer } = testSigner();
    const bytes = await createSeal(sealPayload(statement), signer);
    expect(bytes.toString()).toMatch(/^[^\n]+\n$/);
    const bundle = JSON.parse(bytes.toString()) as { dsseEnvelope: { signatures: unknown[] } };
    expect(bundle).toMatchObject({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: signer.keyId }, tlogEntries: [] },
      dsseEnvelope: { payloadType: 'application/vnd.in-toto+json' },
    });
    expect(bundle.dsseEnvelope.signatures).toHaveLength(1);
    expect(parseSeal(bytes).isOver(sealPayload(statement))).toBe(true);
  });

  it('is refused after a flip of any single bit that leaves its parts alone, and never by an exception of another kind', async () => {
    const { signer } = testSigner();
    const bytes = await createSeal(sealPayload(statement), signer);
    const messages = new Set<string>();
    const same: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      try {
        const parsed = parseSeal(damaged);
        if (parsed.keyId === signer.keyId && parsed.open(signer.publicKey) !== undefined) same.push(bit);
      } catch (error) {
        messages.add((error as Error).message);
      }
    }
    expect([...messages]).toEqual(['not a seal in its canonical form']);
    // What still parses differs in a part that is checked: key id, payload or signature.
    expect(same).toEqual([]);
  });

  it('is refused with a second signature, extra fields, whitespace or too much of everything', async () => {
    const { signer } = testSigner();
    const text = (await createSeal(sealPayload(statement), signer)).toString();
    const sig = /\{"keyid":"","sig":"[^"]*"\}/.exec(text)![0];
    for (const bad of [
      text.replace(sig, `${sig},${sig}`),
      text.replace('"tlogEntries":[]', '"timestampVerificationData":{},"tlogEntries":[]'),
      text.trimEnd(),
      `${text}\n`,
      text.replace('{"dsse', '{ "dsse'),
      '',
      'null',
      '[]',
    ])
      expect(() => parseSeal(Buffer.from(bad))).toThrow(/canonical form/);
    const huge = formatSeal({ keyId: signer.keyId, payload: Buffer.alloc(70_000), signature: Buffer.alloc(70) });
    expect(() => parseSeal(huge)).toThrow(/canonical form/);
  });
});

describe('a predicate type of nobody', () => {
  it.each(['https://airlock.test/seal/v1', 'https://airlock.dev/seal/v2', 'seal/v1'])('%s is no seal', async (type) => {
    const { signer } = testSigner();
    const seal = parseSeal(await createSeal(sealPayload(statement, type), signer));
    expect(() => seal.open(signer.publicKey)).toThrow(/not a seal of this format/);
  });
});
