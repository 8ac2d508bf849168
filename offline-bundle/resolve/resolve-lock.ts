/** Site requests → lock: the one place where names become digests. */
import pLimit from 'p-limit';
import { KIT_BASE_IMAGE_NAME } from '../../catalog/defaults';
import { internalFault } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import type { Progress } from '../../core/progress';
import { show, visible } from '../../core/visible';
import { fileRepository, modelRepository } from '../../site/enclave-names';
import type {
  Lock,
  LockContent,
  LockDerivedArtifact,
  LockDerivedModel,
  LockDerivedStore,
  LockFile,
  LockImage,
  LockKit,
  LockModel,
  LockProvider,
} from '../../site/generated/lock';
import { ollamaStore } from '../../site/lock/ollama-store';
import type { LockRequests, ModelRequest, ProviderRequest } from '../../site/requests/requests';
import type { UpstreamClients } from '../fetch/clients';
import { fileArtifact, type MadeContent, madeContent, modelArtifact } from '../layout/artifacts';
import { assembleKitImage } from '../layout/kit-image';
import { Failures } from './failures';
import type { KnownHashes } from './known-hashes';
import { resolveChart } from './resolve-chart';
import { resolveFile } from './resolve-file';
import { resolveImage } from './resolve-image';
import { chooseFiles, lockedModel, resolveLicense, resolveModelFile } from './resolve-model';
import { resolveProviderPackage } from './resolve-provider';
import { resolveShape } from './resolve-shape';
import { readSmallBlob } from './small-blob';

/** The program that the kit's image and the bundle carry. */
export interface KitProgram {
  readonly airlockMjs: Buffer;
  readonly version: string;
}

/** What the parts of one run share. */
interface Run {
  readonly clients: UpstreamClients;
  readonly failures: Failures;
  readonly progress: Progress;
  readonly known: KnownHashes | undefined;
  /** Bounds the work that is under way at once; never nested, so that it cannot wait for itself. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Runs one leaf of the work: bounded, its failure kept, its end announced. */
const leaf = <T>({ failures, limit, progress }: Run, label: string, work: () => Promise<T>): Promise<T | undefined> =>
  limit(() =>
    failures.attempt(label, async () => {
      const result = await work();
      progress.note(show`${label}: resolved`);
      return result;
    }),
  );

/** Undefined when any is missing: the failure is on record then. */
const whole = <T>(items: readonly (T | undefined)[]): T[] | undefined =>
  items.includes(undefined) ? undefined : items.filter((item) => item !== undefined);

async function lockModel(run: Run, request: ModelRequest): Promise<LockModel | undefined> {
  const label = `model ${request.name}`;
  const quiet = { ...run, progress: { ...run.progress, note: () => undefined } };
  const choice = await leaf(quiet, label, async () => chooseFiles(request, await run.clients.hub.tree(request)));
  if (choice === undefined) return undefined;
  choice.notes.forEach((note) => run.progress.note(visible(note)));
  const newName = run.clients.hub.newName(request.repository);
  if (newName !== undefined)
    run.progress.note(show`${label}: ${request.repository} is called ${newName} now; write that into the site`);
  const [declared, resolved] = await Promise.all([
    leaf(quiet, `${label}, license`, () => resolveLicense(run.clients, request)),
    Promise.all(
      choice.files.map((file) =>
        leaf(quiet, `${label}, ${file.path}`, () => resolveModelFile(run.clients, request, file, run.known)),
      ),
    ),
  ]);
  const files = whole(resolved);
  if (declared === undefined || files === undefined) return undefined;
  const found = await leaf(quiet, `${label}, shape`, async () => ({
    reading: await resolveShape(run.clients, request, files),
  }));
  if (found === undefined) return undefined;
  const { reading } = found;
  if (reading === undefined || 'unknownShape' in reading)
    run.progress.note(
      show`${label}: sizing will say unknown: ${reading?.unknownShape.reasons.join('; ') ?? 'no config.json, no GGUF file'}`,
    );
  run.progress.note(show`${label}: resolved`);
  return lockedModel(request, declared, files, reading);
}

async function lockProvider(
  run: Run,
  { source, version, platforms }: ProviderRequest,
): Promise<LockProvider | undefined> {
  const packages = whole(
    await Promise.all(
      platforms.map((platform) =>
        leaf(run, `provider ${source} ${version} ${platform}`, () =>
          resolveProviderPackage(run.clients, { source, version, platform }),
        ),
      ),
    ),
  );
  return packages === undefined ? undefined : { source, version, packages };
}

async function kitSection(run: Run, kit: KitProgram, images: readonly LockImage[]): Promise<LockKit> {
  const base = images.find((image) => image.name === KIT_BASE_IMAGE_NAME);
  if (base === undefined)
    throw internalFault(`no image is called ${KIT_BASE_IMAGE_NAME}, on which the kit is assembled`);
  const reference = parseOciReference(base.reference);
  const configs = new Map<string, Buffer>();
  for (const { platform, config } of base.manifests)
    configs.set(platform, await readSmallBlob(run.clients, reference, config));
  const program = madeContent('text/javascript', kit.airlockMjs);
  return (await assembleKitImage(base, configs, program, kit.version)).section;
}

const contentOf = ({ descriptor: { mediaType, digest, size } }: MadeContent): LockContent => ({
  mediaType,
  digest,
  size,
});

function derivedModel(model: LockModel): LockDerivedModel {
  const { manifest, config } = modelArtifact(model);
  return {
    name: model.name,
    repository: modelRepository(model.name),
    manifest: contentOf(manifest),
    config: contentOf(config),
  };
}

export function derivedFile(file: LockFile): LockDerivedArtifact {
  const { manifest, config } = fileArtifact(file);
  return {
    name: file.name,
    repository: fileRepository(file.name),
    manifest: contentOf(manifest),
    config: contentOf(config),
  };
}

const derivedStores = ({ stores }: LockRequests, models: readonly LockModel[]): LockDerivedStore[] =>
  stores.flatMap((request) => {
    const model = models.find(({ name }) => name === request.model);
    return model === undefined ? [] : [ollamaStore(model, request).section];
  });

/**
 * Resolves everything a site asks for. Work runs in parallel; the result keeps the order of the requests and so does not
 * depend on timing.
 *
 * @param known what earlier runs have hashed; what this one hashes is added
 * @throws AirlockError that names every item that failed (input: it does not exist; check: it is not what it should be;
 *   environment: it could not be reached)
 */
export async function resolveLock(
  requests: LockRequests,
  clients: UpstreamClients,
  kit: KitProgram,
  progress: Progress,
  known?: KnownHashes,
): Promise<Lock> {
  const limit = pLimit(clients.settings.concurrency);
  const run: Run = { clients, failures: new Failures(), progress, known, limit: (work) => limit(work) };
  const [images, models, providers, files, charts] = await Promise.all([
    Promise.all(
      requests.images.map((request) => leaf(run, `image ${request.name}`, () => resolveImage(clients, request))),
    ),
    Promise.all(requests.models.map((request) => lockModel(run, request))),
    Promise.all(requests.providers.map((request) => lockProvider(run, request))),
    Promise.all(
      requests.files.map((request) => leaf(run, `file ${request.name}`, () => resolveFile(clients, request))),
    ),
    Promise.all(
      requests.charts.map((request) => leaf(run, `chart ${request.name}`, () => resolveChart(clients, request))),
    ),
  ]);
  const lockedImages = whole(images) ?? [];
  const derivedKit = images.includes(undefined)
    ? undefined
    : await run.failures.attempt('kit image', () => kitSection(run, kit, lockedImages));
  run.failures.throwIfAny();
  const lockedModels = whole(models) ?? [];
  const lockedFiles = whole(files) ?? [];
  if (derivedKit === undefined) throw internalFault('the kit image could not be assembled');
  return {
    apiVersion: 'airlock/v1alpha1',
    kind: 'Lock',
    site: requests.site,
    platforms: [...requests.platforms],
    images: lockedImages,
    models: lockedModels,
    providers: whole(providers) ?? [],
    files: lockedFiles,
    ...(requests.charts.length === 0 ? {} : { charts: whole(charts) ?? [] }),
    derived: {
      kit: derivedKit,
      models: lockedModels.map(derivedModel),
      files: lockedFiles.map(derivedFile),
      ...(requests.stores.length === 0 ? {} : { stores: derivedStores(requests, lockedModels) }),
    },
  };
}
