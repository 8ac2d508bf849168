import fc from 'fast-check';
import type { Descriptor } from '../../../core/descriptor';
import { type Digest, digestOf } from '../../../core/digest';
import { OCI_INDEX, OCI_MANIFEST } from '../../../core/media-types';
import { listChildren, type ListedChild } from '../../../offline-bundle/resolve/nested-indexes';
import type { FetchedManifest } from '../../../offline-bundle/oci/registry-client';
import { rejection } from '../fetch/clients';

/** An index made of children: a name is a manifest for linux/amd64, a list another index. */
type Tree = readonly (string | Tree)[];

function index(tree: Tree, known: Map<Digest, FetchedManifest>): FetchedManifest {
  const manifests = tree.map((child): Descriptor => {
    if (typeof child === 'string')
      return {
        mediaType: OCI_MANIFEST,
        digest: digestOf(child),
        size: 1,
        platform: { os: 'linux', architecture: child },
      };
    const { digest, bytes } = index(child, known);
    return { mediaType: OCI_INDEX, digest, size: bytes.length };
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  const made = { mediaType: OCI_INDEX, digest: digestOf(bytes), bytes };
  known.set(made.digest, made);
  return made;
}

async function list(tree: Tree, wanted: string): Promise<{ listed: ListedChild[]; fetched: Digest[]; top: Digest }> {
  const known = new Map<Digest, FetchedManifest>();
  const top = index(tree, known);
  const fetched: Digest[] = [];
  const listed = await listChildren(top, 'app', [`linux/${wanted}`], ({ digest }) => {
    fetched.push(digest);
    return Promise.resolve(known.get(digest)!);
  });
  return { listed, fetched, top: top.digest };
}

const architectures = ['amd64', 'arm64', 's390x'];
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.array(fc.oneof({ depthSize: 'small' }, fc.constantFrom(...architectures), tie('tree')), { maxLength: 4 }),
}));
const leaves = (of: Tree): string[] => of.flatMap((child) => (typeof child === 'string' ? [child] : leaves(child)));

it('is found wherever it lies, under indexes each of which names the next', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom(...architectures), async (made, wanted) => {
      const { listed, fetched, top } = await list(made, wanted);
      const found = listed.find(({ digest }) => digest === digestOf(wanted));
      expect(found !== undefined).toBe(leaves(made).includes(wanted));
      expect(new Set(fetched).size).toBe(fetched.length);
      if (found === undefined) return;
      const way = [...found.within.map(({ bytes }) => bytes.toString())];
      const steps = [...found.within.map(({ digest }) => digest), found.digest].slice(found.within.length > 0 ? 1 : 0);
      way.forEach((text, at) => expect(text).toContain(steps[at]));
      expect(found.within.map(({ digest }) => digest)).not.toContain(top);
    }),
    { numRuns: 60 },
  );
});

it('is not looked for further once it is there', async () => {
  expect((await list(['amd64', ['arm64']], 'amd64')).fetched).toEqual([]);
});

it('is not looked for below an index for another platform', async () => {
  const child = {
    mediaType: OCI_INDEX,
    digest: digestOf('x'),
    size: 1,
    platform: { os: 'linux', architecture: 'arm64' },
  };
  const bytes = Buffer.from(JSON.stringify({ manifests: [child] }));
  const top = { mediaType: OCI_INDEX, digest: digestOf(bytes), bytes };
  const listed = await listChildren(top, 'app', ['linux/amd64'], () => Promise.reject(new Error('asked')));
  expect(listed).toMatchObject([child]);
});

it('takes the platform of its index where it names none', async () => {
  const leaf = { mediaType: OCI_MANIFEST, digest: digestOf('leaf'), size: 1 };
  const inner = Buffer.from(JSON.stringify({ manifests: [leaf] }));
  const child = { mediaType: OCI_INDEX, digest: digestOf(inner), size: inner.length };
  const platform = { os: 'linux', architecture: 'amd64' };
  const bytes = Buffer.from(JSON.stringify({ manifests: [{ ...child, platform }] }));
  const top = { mediaType: OCI_INDEX, digest: digestOf(bytes), bytes };
  const listed = await listChildren(top, 'app', ['linux/amd64'], () => Promise.resolve({ ...child, bytes: inner }));
  expect(listed.at(-1)).toMatchObject({ ...leaf, platform });
});

it('is given up where indexes have no end', async () => {
  const many = Array.from({ length: 70 }, (_, at) => [`made-up-${at}`]);
  expect(await rejection(list(many, 'amd64'))).toMatchObject({
    code: 'ARTIFACT_MALFORMED',
    message: 'image app: it lists more than 64 indexes within each other',
  });
});
