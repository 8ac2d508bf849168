/** Ways to damage a bundle. Each gets a copy of a good bundle whose files are hard links, so it must replace, not write into. */
import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface DamageContext {
  /** The copy to damage. */
  readonly bundle: string;
  /** Digests as hex: the largest blob (weights), an image's manifest, the bundle index. */
  readonly weights: string;
  readonly manifest: string;
  readonly root: string;
  /** Id of the trusted key. */
  readonly keyId: string;
  /** A bundle of other content, sealed by the same key. */
  readonly other: string;
  /** Seals the copy with a key that nobody trusts. */
  readonly signByStranger: (bundle: string) => Promise<void>;
}

export interface Damage {
  readonly name: string;
  readonly apply: (context: DamageContext) => Promise<void>;
}

/** Replaces a file, so that the good bundle's hard link keeps its bytes. */
async function replace(file: string, bytes: Buffer | string): Promise<void> {
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}

async function flipBit(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await replace(file, bytes);
}

const blob = ({ bundle }: DamageContext, hex: string): string => path.join(bundle, 'blobs/sha256', hex);
const seal = ({ bundle, keyId }: DamageContext, ending: string): string =>
  path.join(bundle, 'seals', `${keyId}.${ending}`);

async function sealsOfOther(context: DamageContext, endings: readonly string[]): Promise<void> {
  for (const ending of endings)
    await replace(
      seal(context, ending),
      await readFile(path.join(context.other, 'seals', `${context.keyId}.${ending}`)),
    );
}

export const DAMAGES: readonly Damage[] = [
  { name: 'one bit of the weights', apply: (context) => flipBit(blob(context, context.weights)) },
  { name: 'one bit of an image manifest', apply: (context) => flipBit(blob(context, context.manifest)) },
  { name: 'one bit of the bundle index', apply: (context) => flipBit(blob(context, context.root)) },
  { name: 'one bit of index.json', apply: ({ bundle }) => flipBit(path.join(bundle, 'index.json')) },
  { name: 'one bit of oci-layout', apply: ({ bundle }) => flipBit(path.join(bundle, 'oci-layout')) },
  { name: 'one bit of START-HERE.txt', apply: ({ bundle }) => flipBit(path.join(bundle, 'START-HERE.txt')) },
  { name: 'a missing blob', apply: (context) => rm(blob(context, context.weights)) },
  {
    name: 'a blob cut short',
    apply: async (context) => {
      const file = blob(context, context.weights);
      await replace(file, await readFile(file));
      await truncate(file, 1000);
    },
  },
  { name: 'an unlisted file', apply: ({ bundle }) => writeFile(path.join(bundle, 'autorun.sh'), 'echo hello\n') },
  { name: 'an unlisted blob', apply: (context) => writeFile(blob(context, '0'.repeat(64)), 'stowaway') },
  {
    name: 'an unlisted file among the seals',
    apply: ({ bundle }) => writeFile(path.join(bundle, 'seals/notes.txt'), 'x\n'),
  },
  { name: 'one bit of SHA256SUMS', apply: ({ bundle }) => flipBit(path.join(bundle, 'SHA256SUMS')) },
  {
    name: 'a line gone from SHA256SUMS',
    apply: async ({ bundle }) => {
      const file = path.join(bundle, 'SHA256SUMS');
      await replace(file, (await readFile(file, 'utf8')).split('\n').slice(1).join('\n'));
    },
  },
  { name: 'one bit of the seal', apply: (context) => flipBit(seal(context, 'sigstore.json')) },
  { name: 'one bit of the signature of SHA256SUMS', apply: (context) => flipBit(seal(context, 'SHA256SUMS.sig')) },
  { name: 'no seal', apply: (context) => rm(seal(context, 'sigstore.json')) },
  { name: 'no signature of SHA256SUMS', apply: (context) => rm(seal(context, 'SHA256SUMS.sig')) },
  {
    name: 'a seal by a key that nobody trusts',
    apply: async ({ bundle, signByStranger }) => {
      await rm(path.join(bundle, 'seals'), { recursive: true });
      await signByStranger(bundle);
    },
  },
  {
    name: "a stranger's signatures under the trusted key's name",
    apply: async ({ bundle, keyId, signByStranger }) => {
      await rm(path.join(bundle, 'seals'), { recursive: true });
      await signByStranger(bundle);
      for (const name of await readdir(path.join(bundle, 'seals')))
        await rename(
          path.join(bundle, 'seals', name),
          path.join(bundle, 'seals', name.replace(/^[0-9a-f]{16}/, keyId)),
        );
    },
  },
  { name: 'the seal of another bundle', apply: (context) => sealsOfOther(context, ['sigstore.json']) },
  {
    name: 'both signatures of another bundle',
    apply: (context) => sealsOfOther(context, ['sigstore.json', 'SHA256SUMS.sig']),
  },
];
