import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/canonical-json';
import { digestOf } from '../../../core/digest';
import { preAuthEncoding } from '../../../offline-bundle/trust/dsse';
import {
  createSeal,
  formatSeal,
  isExpired,
  isKeyId,
  MAX_SEAL_BYTES,
  parseSeal,
  parseSealTime,
  sealPayload,
  type SealStatement,
} from '../../../offline-bundle/trust/seal';
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

  it('says until when the bundle may be taken, where its signers say so', () => {
    expect(sealPayload({ ...statement, expires: '2027-01-01T00:00:00Z' }).toString()).toContain(
      `"predicate":{"expires":"2027-01-01T00:00:00Z","lock":"${statement.lock}",`,
    );
  });

  it.each(['2026-11-23T20:00:00Z', '2026-11-23T19:59:59Z'])(
    'cannot expire when it is made, or before: %s',
    (expires) => {
      expect(() => sealPayload({ ...statement, expires })).toThrow(
        expect.objectContaining({
          code: 'SEAL_CHOICES_INVALID',
          message: `the seal would expire at ${expires}, and is of 2026-11-23T20:00:00Z`,
        }) as Error,
      );
    },
  );

  it.each([
    ['2026-12-31T23:59:59.999Z', false],
    ['2027-01-01T00:00:00.000Z', true],
  ])('at %s it has expired: %s', (now, expired) => {
    expect(isExpired({ ...statement, expires: '2027-01-01T00:00:00Z' }, new Date(now))).toBe(expired);
    expect(isExpired(statement, new Date(now))).toBe(false);
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
          expires: fc.constantFrom(undefined, '2100-01-01T00:00:00Z'),
        }),
        async ({ expires, ...part }) => {
          const whole = { ...statement, ...part, ...(expires === undefined ? {} : { expires }) };
          expect(parseSeal(await createSeal(sealPayload(whole), signer)).open(signer.publicKey)).toEqual(whole);
        },
      ),
    );
  });

  it.each([
    ...[
      '2026-11-23T20:00:00+01:00',
      '2026-02-30T20:00:00Z',
      '2025-02-29T00:00:00Z',
      '2026-11-31T00:00:00Z',
      'yesterday',
    ],
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z', ''],
    ...['2026-01-01T24:00:00Z', '2026-01-01T30:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:60Z'],
    ...[
      '2026-01-01T00:00:00.5Z',
      '2026-01-01 00:00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01',
      '+002026-01-01T00:00:00Z',
    ],
    ...['x2026-01-01T00:00:00Z', '2026-01-01T00:00:00Zx', '2026-1-1T0:0:0Z', '2026-01-01T00:00:00Z\n'],
  ])('refuses the time %j', (sealedAt) => {
    for (const refused of [() => parseSealTime(sealedAt), () => sealPayload({ ...statement, sealedAt })])
      expect(refused).toThrow(
        expect.objectContaining({
          code: 'USAGE_INVALID_VALUE',
          message: `"${sealedAt}" is not a time`,
          fix: 'write it in UTC, e.g. 2026-11-23T20:00:00Z',
        }) as Error,
      );
  });

  it.each(['2024-02-29T00:00:00Z', '2026-12-31T23:59:59Z', '2026-10-19T19:09:10Z', '2026-01-01T00:00:00Z'])(
    'takes the time %s as it is written',
    (time) => {
      expect(parseSealTime(time)).toBe(time);
    },
  );

  it.each(['a', '0', 'a.b-c', 'a'.repeat(53)])('takes %j as the name of a site', (site) => {
    expect(sealPayload({ ...statement, site }).toString()).toContain(`"site":"${site}"`);
  });

  it.each([
    'A',
    '-a',
    'a-',
    '.a',
    'a.',
    'a/b',
    'a_b',
    'aA',
    'é',
    '',
    'two words',
    'line\nbreak',
    '\u001b[2J',
    '\u202esite',
    'x'.repeat(54),
  ])('refuses %j as the name of a site, and shows it without its controls', (site) => {
    expect(() => sealPayload({ ...statement, site })).toThrow(
      expect.objectContaining({
        code: 'SEAL_CHOICES_INVALID',
        message: expect.stringMatching(/^[ -~é]+ is not the name of a site$/) as string,
        fix: 'use the name that the lock states',
      }) as Error,
    );
  });

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
      expect(() => sealPayload({ ...statement, sequence })).toThrow(
        expect.objectContaining({
          code: 'SEAL_CHOICES_INVALID',
          message: `sequence ${sequence} is not a whole number`,
          fix: 'count the bundles of a site from 1',
        }) as Error,
      );
    for (const sequence of [0, 1, Number.MAX_SAFE_INTEGER])
      expect(sealPayload({ ...statement, sequence }).toString()).toContain(`"sequence":${sequence},`);
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

  it('is refused when a field holds its value in another type, wherever it stands twice', async () => {
    const { signer } = testSigner();
    const { root, ...predicate } = statement;
    for (const [field, value] of Object.entries({ ...predicate, previous: digestOf('previous') })) {
      for (const wrong of [[value], { value }, 5, true, ...(field === 'previous' ? [] : [null]), undefined]) {
        const said = { ...predicate, [field]: wrong };
        const payload = canonicalJson({
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ name: said.site, digest: { sha256: root.slice(7) } }],
          predicateType: 'https://airlock.dev/seal/v1',
          predicate: said,
        });
        const isWhole = field === 'sequence' && wrong === 5;
        const opened = (async () => parseSeal(await createSeal(payload, signer)).open(signer.publicKey))();
        if (isWhole) expect(await opened).toMatchObject({ sequence: 5 });
        else
          await expect(opened).rejects.toMatchObject({
            code: 'SEAL_MALFORMED',
            message: 'the statement inside is not a seal of this format',
            fix: 'use an Airlock that knows its format',
          });
      }
    }
  });

  it.each([
    ['no subject', '"subject":[]'],
    ['a null subject', '"subject":[null]'],
    ['a subject without digest', '"subject":[{"name":"nordlicht"}]'],
    ['a digest of another kind', `"subject":[{"digest":{"sha512":"${'0'.repeat(64)}"},"name":"nordlicht"}]`],
    ['a digest that is none', '"subject":[{"digest":{"sha256":"0"},"name":"nordlicht"}]'],
    ['a second subject', '"subject":[{"digest":{"sha256":"0"},"name":"nordlicht"},{}]'],
  ])('is refused with %s', async (_what, subject) => {
    const { signer } = testSigner();
    const text = sealPayload(statement)
      .toString()
      .replace(/"subject":\[.*\]/, subject);
    const seal = parseSeal(await createSeal(Buffer.from(text), signer));
    expect(() => seal.open(signer.publicKey)).toThrow('the statement inside is not a seal of this format');
  });

  it('is the same as that of another seal, or not', async () => {
    const [one, two] = [testSigner().signer, testSigner().signer];
    const payload = sealPayload(statement);
    const mine = parseSeal(await createSeal(payload, one));
    const other = parseSeal(await createSeal(sealPayload({ ...statement, sequence: 8 }), two));
    expect(mine.saysTheSameAs(parseSeal(await createSeal(payload, two)))).toBe(true);
    expect([mine.saysTheSameAs(other), mine.isOver(sealPayload({ ...statement, sequence: 8 }))]).toEqual([
      false,
      false,
    ]);
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
    expect(() => parseSeal(Buffer.from('{}'))).toThrow(
      expect.objectContaining({
        code: 'SEAL_MALFORMED',
        message: 'not a seal in its canonical form',
        fix: 'copy the bundle again from where it was sealed',
      }) as Error,
    );
    const huge = formatSeal({ keyId: signer.keyId, payload: Buffer.alloc(70_000), signature: Buffer.alloc(70) });
    expect(() => parseSeal(huge)).toThrow(/canonical form/);
  });
});

describe('the key of a seal', () => {
  it.each(['0123456789abcdef', 'f'.repeat(16)])('is named by 16 hexadecimal digits: %s', (keyId) => {
    expect(isKeyId(keyId)).toBe(true);
    expect(parseSeal(formatSeal({ keyId, payload: Buffer.from('a'), signature: Buffer.from('b') })).keyId).toBe(keyId);
  });

  it.each(['', 'f'.repeat(15), 'f'.repeat(17), 'F'.repeat(16), `${'f'.repeat(15)}g`, `x${'f'.repeat(16)}`])(
    'is not named by %j',
    (keyId) => {
      expect(isKeyId(keyId)).toBe(false);
      const bytes = formatSeal({ keyId, payload: Buffer.from('a'), signature: Buffer.from('b') });
      expect(() => parseSeal(bytes)).toThrow('canonical form');
    },
  );

  it.each(['hint', 'payload', 'sig'])('stands beside parts that are texts: %s', (part) => {
    const bytes = formatSeal({ keyId: 'f'.repeat(16), payload: Buffer.from('a'), signature: Buffer.from('b') });
    for (const wrong of ['5', 'null', '[]', '{}', '["YQ=="]']) {
      const bad = bytes.toString().replace(new RegExp(`"${part}":"[^"]*"`), `"${part}":${wrong}`);
      expect(() => parseSeal(Buffer.from(bad))).toThrow('canonical form');
    }
  });
});

it('a seal is read up to a size, and refused above it', () => {
  const sized = (bytes: number): Buffer =>
    formatSeal({ keyId: 'f'.repeat(16), payload: Buffer.alloc(bytes), signature: Buffer.from('b') });
  const room = MAX_SEAL_BYTES - sized(0).length;
  const most = Math.floor(room / 4) * 3;
  expect(sized(most).length).toBeLessThanOrEqual(MAX_SEAL_BYTES);
  expect(parseSeal(sized(most)).isOver(Buffer.alloc(most))).toBe(true);
  expect(() => parseSeal(sized(most + 1))).toThrow('canonical form');
});

describe('a predicate type of nobody', () => {
  it.each(['https://airlock.test/seal/v1', 'https://airlock.dev/seal/v2', 'seal/v1'])('%s is no seal', async (type) => {
    const { signer } = testSigner();
    const seal = parseSeal(await createSeal(sealPayload(statement, type), signer));
    expect(() => seal.open(signer.publicKey)).toThrow(/not a seal of this format/);
  });
});
