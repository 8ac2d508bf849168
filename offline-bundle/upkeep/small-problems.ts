/** What is wrong in a store as far as it can be told without reading large blobs. */
import path from 'node:path';
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { AirlockError, badInput } from '../../core/errors';
import { derivedText, parseDerivedImage } from '../store/derived-images';
import type { RootRecord } from '../store/root-record';
import { MARKER_TEXT } from '../store/store';
import { blobFile } from '../verify/blob-check';
import { MAX_MANIFEST_BYTES } from '../layout/walk';
import { readBundleFile } from '../verify/bundle-directory';
import { statedForm } from '../weights/image-form';
import { readStored } from '../store/disk';
import { modelFiles } from '../weights/model-files';
import { filesAt, type Inventory, smallFile } from './inventory';
import { FIX, type StoreNote, type StoreProblem } from './problem';
import { nameOf, newestSequences, recordPath, siteOf, type StoredRoot, type StoreView } from './view';

/** @throws AirlockError (input) for a store of another format: one in which no record is of this one */
export async function markerProblems({ store, roots }: Pick<StoreView, 'store' | 'roots'>): Promise<StoreProblem[]> {
  const text = await readStored(path.join(store.dir, 'store.json')).catch(() => '');
  if (text === MARKER_TEXT) return [];
  const [, format] = /^\{\s*"format"\s*:\s*(\d+)\s*\}\s*$/.exec(text) ?? [];
  if (format !== undefined && format !== '1' && !roots.some(({ record }) => record !== undefined))
    throw badInput(
      'STORE_FORMAT_UNKNOWN',
      `${store.dir} is a store of format ${format}`,
      'use the airlock that wrote it, or a later one',
    );
  const breaks = ['the whole store: no command opens it'];
  return [
    {
      kind: 'marker',
      path: 'store.json',
      what: 'is not as it was written',
      breaks,
      fix: '`airlock store repair` writes it anew',
    },
  ];
}

function foreignProblems({ foreign }: Inventory): StoreProblem[] {
  return foreign.map(({ path: at, kind }) => ({
    ...{ kind: 'foreign', path: at, what: `is no part of a store (${kind})`, breaks: [], fix: FIX.foreign },
  }));
}

/** Records of earlier releases do not say their own digest: what else tells of a root must agree. */
function contradiction({ site, trust }: RootRecord, root: StoredRoot): string | undefined {
  const stated = root.sealed.statement?.site ?? root.site;
  if (stated !== undefined && stated !== site) return `names the site ${site}, the bundle is of ${stated}`;
  if ('unsigned' in trust) return undefined;
  const { signedBy, threshold } = trust;
  const isPossible = threshold >= 1 && threshold <= signedBy.length;
  return isPossible ? undefined : `names ${signedBy.length} signers for a threshold of ${threshold}`;
}

function recordProblems({ problems, roots, lost, doubted }: StoreView): StoreProblem[] {
  const gone = roots
    .filter(({ digest }) => lost.includes(digest))
    .map((root): StoreProblem => ({
      ...{ kind: 'record', path: recordPath(root.digest), digest: root.digest, breaks: [nameOf(root)] },
      what: doubted.has(root.digest)
        ? 'is missing, and whether the bundle was removed cannot be told: the history is damaged'
        : 'is missing, and the history says that the bundle was taken and not removed',
      fix: `import the bundle again, or \`airlock store repair\`; \`airlock store remove\` lets it go`,
    }));
  const damaged = [...problems].flatMap(([name, { message }]): StoreProblem[] => {
    const root = roots.find(({ digest }) => name === `${hexOf(digest)}.json`);
    if (root === undefined) return []; // foreign
    const what = message.replace(/^.*\/roots\/[0-9a-f]{64}\.json (?=is |speaks )/, '');
    return [
      { kind: 'record', path: `roots/${name}`, what, breaks: [nameOf(root)], fix: FIX.repair, digest: root.digest },
    ];
  });
  const contradicted = roots.flatMap((root): StoreProblem[] => {
    const what = root.record?.kind === 'bundle' ? contradiction(root.record, root) : undefined;
    if (what === undefined) return [];
    const at = `roots/${hexOf(root.digest)}.json`;
    return [{ kind: 'record', path: at, what, breaks: [nameOf(root)], fix: FIX.repair, digest: root.digest }];
  });
  return [...damaged, ...gone, ...contradicted];
}

/** Where the mark of a site lies, below the store. */
export const markPath = (site: string): string => `sequences/${hexOf(digestOf(site))}.json`;

/** Marks that are damaged, missing, or behind what the kept seals say. */
function markProblems({ inventory, marks, roots }: StoreView): StoreProblem[] {
  const good = new Set([...marks.keys()].map(markPath));
  const siteAt = new Map(roots.map((root) => [markPath(siteOf(root)), siteOf(root)]));
  const problem = (at: string, what: string): StoreProblem => ({
    ...{ kind: 'mark', path: at, what, fix: FIX.repair },
    breaks: [`how far ${siteAt.get(at) ?? 'a site'} has come: an older bundle may not be told`],
  });
  const damaged = filesAt(inventory, 'mark')
    .filter(({ path: at }) => !good.has(at))
    .map(({ path: at }) => problem(at, 'is not as it was written'));
  const there = new Set(filesAt(inventory, 'mark').map(({ path: at }) => at));
  const behind = [...newestSequences(roots)].flatMap(([site, sequence]) => {
    const mark = marks.get(site);
    if (mark === undefined) return there.has(markPath(site)) ? [] : [problem(markPath(site), 'is missing')];
    const what = `says ${mark.sequence}, a kept seal ${sequence}`;
    return mark.sequence < sequence ? [problem(markPath(site), what)] : [];
  });
  return [...damaged, ...behind];
}

async function derivedProblems({
  inventory,
  roots,
}: StoreView): Promise<{ problems: StoreProblem[]; notes: StoreNote[] }> {
  const owners = ownersOf(roots);
  const problems: StoreProblem[] = [];
  const notes: StoreNote[] = [];
  for (const entry of filesAt(inventory, 'derived')) {
    const { path: at, digest } = entry;
    if (digest === undefined) continue;
    const breaks = owners.get(digest);
    if (breaks === undefined) {
      notes.push({ path: at, what: `is of a model that no bundle has; ${FIX.prune}` });
      continue;
    }
    const text = (await smallFile(inventory, entry))?.toString('utf8') ?? '';
    const image = parseDerivedImage(text);
    const problem = { kind: 'image form', path: at, breaks, fix: FIX.repair, digest } as const;
    if (image === undefined || derivedText(image) !== text)
      problems.push({ ...problem, what: 'is not as it was written' });
    else if ((await isFormOf(inventory, digest, image)) === false)
      problems.push({ ...problem, what: 'is not the image form of this model' });
  }
  return { problems, notes };
}

/** @returns undefined where the manifest cannot be read, which is a fault of its own */
async function isFormOf(
  inventory: Inventory,
  model: Digest,
  image: Parameters<typeof statedForm>[0],
): Promise<boolean | undefined> {
  try {
    const manifest = await readBundleFile(inventory, blobFile(model), MAX_MANIFEST_BYTES);
    if (manifest === undefined || digestOf(manifest) !== model) return undefined;
    return statedForm(image, modelFiles(manifest, model)) !== undefined;
  } catch (error) {
    if (error instanceof AirlockError) return undefined;
    throw error;
  }
}

/** What each blob is part of, e.g. `nordlicht, sequence 3 (sha256:…): model/chat: config.json`. */
export function ownersOf(roots: readonly StoredRoot[]): Map<Digest, readonly string[]> {
  const owners = new Map<Digest, string[]>();
  for (const root of roots)
    for (const { digest, name } of root.blobs) {
      const owner = `${nameOf(root)}: ${name}`;
      const known = owners.get(digest);
      if (known === undefined) owners.set(digest, [owner]);
      else known.push(owner);
    }
  return owners;
}

/** Blobs that a root needs and the store has not. */
export function missingBlobs({ inventory, roots }: StoreView): StoreProblem[] {
  const owners = ownersOf(roots);
  const there = new Set(filesAt(inventory, 'blob').map(({ digest }) => digest));
  const aside = new Set(filesAt(inventory, 'quarantine').map(({ digest }) => digest));
  return [...owners]
    .filter(([digest]) => !there.has(digest))
    .map(([digest, breaks]) => ({
      ...{ kind: 'blob', path: blobFile(digest), breaks, fix: FIX.repair, digest },
      what: aside.has(digest) ? 'was damaged, and a check moved it aside' : 'is missing',
    }));
}

/**
 * All but the content of blobs.
 *
 * @throws AirlockError (input) for a store of another format
 */
export async function smallProblems(view: StoreView): Promise<{ problems: StoreProblem[]; notes: StoreNote[] }> {
  const derived = await derivedProblems(view);
  return {
    problems: [
      ...(await markerProblems(view)),
      ...foreignProblems(view.inventory),
      ...recordProblems(view),
      ...markProblems(view),
      ...derived.problems,
      ...missingBlobs(view),
    ],
    notes: [
      ...derived.notes,
      ...view.roots
        .filter(
          (root) => !root.complete && root.blobs.every(({ digest }) => view.inventory.entries.has(blobFile(digest))),
        )
        .map((root) => ({
          path: blobFile(root.digest),
          what: `a manifest of ${nameOf(root)} is damaged and hides what it names`,
        })),
    ],
  };
}
