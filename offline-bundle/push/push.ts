/** Pushes what a store may serve into a registry: what is there is left alone, everything else arrives whole, children first. */
import { type Descriptor, formatPlatform } from '../../core/descriptor';
import type { Digest } from '../../core/digest';
import { AirlockError, checkFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import type { HttpClient } from '../fetch/http';
import type { Content } from '../mirror/content';
import type { CredentialSource } from '../oci/docker-credentials';
import { RegistryAuth } from '../oci/registry-auth';
import type { Store } from '../store/store';
import { keepingTag, type PushedManifest, type PushedRepository, type PushPlan } from './plan';
import { RegistryWriter } from './registry-writer';
import { type PushTarget, shownTarget } from './target';
import { uploadBlob } from './upload';
import type { UploadNotes } from './upload-notes';

export interface PushOptions {
  readonly store: Pick<Store, 'blobPath'>;
  readonly plan: PushPlan;
  readonly target: PushTarget;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
  readonly notes: UploadNotes;
  /** Blobs at once. */
  readonly concurrency: number;
  /** Bytes of a request. */
  readonly chunkBytes: number;
  /** Asks the registry what it has, and sends nothing. */
  readonly dryRun: boolean;
  readonly progress?: Progress;
}

/** An index that the registry does not take, since it has not all of its children; of a dry run, one that it may not take. */
export interface Unresolvable {
  readonly repository: string;
  readonly index: Digest;
  /** Tags of the mirror that stand for it. */
  readonly tags: readonly string[];
  /** Platforms of the children that were not carried. */
  readonly absent: readonly string[];
  /** What the registry says. */
  readonly why: string;
}

export interface PushReport {
  readonly format: 1;
  /** `fail` where something could not be pushed because it is damaged here. */
  readonly result: 'pass' | 'fail';
  /** `HOST[:PORT][/FOLDER]`. */
  readonly registry: string;
  readonly dryRun: boolean;
  readonly repositories: number;
  /** Of a dry run, `sent` is what would be sent. */
  readonly blobs: { present: number; mounted: number; sent: number };
  /** `resumed`: what an interrupted push had sent; `network`: all bytes of blobs that were sent now, repeated ones among them. */
  readonly bytes: { present: number; mounted: number; sent: number; resumed: number; network: number };
  readonly manifests: { present: number; sent: number };
  /** `moved`: those that stood for something else. */
  readonly tags: { present: number; set: number; moved: number };
  readonly unresolvable: readonly Unresolvable[];
  readonly problems: readonly string[];
}

const platformOf = ({ platform, mediaType }: Descriptor): string =>
  platform === undefined ? mediaType : formatPlatform(platform);

class Push {
  private readonly writer: RegistryWriter;
  private readonly progress: Progress;
  /** A repository of the registry that has a blob, for each. */
  private readonly places = new Map<Digest, string>();
  /** What is damaged here, or names what is. */
  private readonly bad = new Set<Digest>();
  private readonly unresolvable: Unresolvable[] = [];
  private readonly problems: string[];
  private readonly blobs = { present: 0, mounted: 0, sent: 0 };
  private readonly bytes = { present: 0, mounted: 0, sent: 0, resumed: 0, network: 0 };
  private readonly manifests = { present: 0, sent: 0 };
  private readonly tags = { present: 0, set: 0, moved: 0 };

  public constructor(private readonly options: PushOptions) {
    const { http, credentials, target, plan, progress = SILENT } = options;
    this.writer = new RegistryWriter(http, new RegistryAuth(http, credentials), target);
    this.progress = progress;
    this.problems = [...plan.problems];
  }

  public async run(): Promise<PushReport> {
    const { plan, target, dryRun } = this.options;
    const missing = new Map<PushedRepository, Content[]>();
    for (const repository of plan.repositories) missing.set(repository, await this.missingIn(repository));
    this.progress.start(show`push`, this.bytesToSend(missing));
    try {
      for (const [repository, blobs] of missing) {
        await inParallel(this.options.concurrency, blobs, (blob) => this.bring(repository, blob));
        for (const manifest of repository.manifests) await this.manifest(repository, manifest);
      }
    } finally {
      this.progress.stop();
    }
    return {
      ...{ format: 1, result: this.problems.length === 0 ? 'pass' : 'fail', registry: shownTarget(target), dryRun },
      repositories: plan.repositories.length,
      ...{ blobs: this.blobs, bytes: this.bytes, manifests: this.manifests, tags: this.tags },
      ...{ unresolvable: this.unresolvable, problems: this.problems },
    };
  }

  /** Blobs that the registry does not have in a repository. */
  private async missingIn({ name, blobs }: PushedRepository): Promise<Content[]> {
    const found = await inParallel(this.options.concurrency, blobs, async (blob) => {
      const size = await this.writer.blobSize(name, blob.digest);
      if (size === undefined) return blob;
      this.mustBe(name, blob, size);
      this.places.set(blob.digest, name);
      this.blobs.present += 1;
      this.bytes.present += blob.size;
      return undefined;
    });
    return found.flatMap((blob) => blob ?? []);
  }

  /** A blob that lies in one repository is taken over from there. */
  private bytesToSend(missing: ReadonlyMap<PushedRepository, readonly Content[]>): number {
    const unknown = new Map([...missing.values()].flat().map(({ digest, size }) => [digest, size]));
    return [...unknown].reduce((sum, [digest, size]) => sum + (this.places.has(digest) ? 0 : size), 0);
  }

  private async bring({ name }: PushedRepository, blob: Content): Promise<void> {
    const from = this.places.get(blob.digest);
    if (this.bad.has(blob.digest)) return;
    try {
      if (this.options.dryRun) this.count(from === undefined ? 'sent' : 'mounted', blob);
      else await this.send(name, blob, from);
      this.places.set(blob.digest, name);
    } catch (error) {
      if (!(error instanceof AirlockError) || error.code !== 'STORE_DAMAGED') throw error;
      this.bad.add(blob.digest);
      this.problems.push(`${name}: ${error.message}`);
    }
  }

  private async send(name: string, blob: Content, from: string | undefined): Promise<void> {
    const { notes, store, http, chunkBytes } = this.options;
    const { writer, progress } = this;
    const noted = from === undefined ? notes.find(name, blob.digest) : undefined;
    const left = noted && (await writer.status(name, { location: noted, offset: 0, minChunk: 0 }));
    const isLeft = left !== undefined && left.offset <= blob.size;
    const begun = isLeft ? left : await writer.begin(name, blob.digest, from);
    if (begun === 'mounted') {
      this.count('mounted', blob);
    } else {
      const options = { store, writer, http, notes, chunkBytes, progress };
      const { sent, resumed } = await uploadBlob(name, blob, options, begun);
      this.bytes.network += sent;
      this.bytes.resumed += resumed;
      this.count('sent', blob);
    }
    this.mustBe(name, blob, await writer.blobSize(name, blob.digest));
  }

  private count(how: 'mounted' | 'sent', { size }: Content): void {
    this.blobs[how] += 1;
    this.bytes[how] += size;
  }

  /** A registry that does not say a size says nothing against it. */
  private mustBe(name: string, { digest, size }: Content, found: number | undefined): void {
    if (found === size || found === -1) return;
    throw checkFailed(
      'REGISTRY_DIFFERS',
      `${shownTarget(this.options.target)}/${name} has ${found === undefined ? 'no blob' : `${found} bytes under`} ${digest}, which has ${size} bytes`,
      'look into the registry and what stands before it',
    );
  }

  private async manifest({ name }: PushedRepository, manifest: PushedManifest): Promise<void> {
    const { digest } = manifest.content;
    if (manifest.needs.some((need) => this.bad.has(need))) {
      this.bad.add(digest);
      return;
    }
    let isSent = false;
    for (const tag of [keepingTag(digest), ...manifest.tags]) {
      const before = await this.writer.manifestDigest(name, tag);
      if (before === digest) {
        this.tags.present += 1;
        continue;
      }
      if (this.options.dryRun && this.hidesChildren(manifest)) {
        this.leaveOut(name, manifest, 'not asked: a dry run sends nothing');
        return;
      }
      if (!this.options.dryRun && !(await this.put(name, manifest, tag))) return;
      isSent = true;
      this.tags[before === undefined ? 'set' : 'moved'] += 1;
    }
    this.manifests[isSent ? 'sent' : 'present'] += 1;
    if (!isSent || this.options.dryRun) return;
    const found = await this.writer.manifestDigest(name, digest);
    if (found === digest) return;
    throw checkFailed(
      'REGISTRY_DIFFERS',
      `${shownTarget(this.options.target)}/${name} has ${found ?? 'nothing'} under the manifest ${digest}`,
      'look into the registry and what stands before it',
    );
  }

  /** @returns whether the registry took it; an index of which children are not carried it may refuse */
  private async put(name: string, manifest: PushedManifest, tag: string): Promise<boolean> {
    const { content, bytes } = manifest;
    const refusal = await this.writer.putManifest(name, tag, { mediaType: content.mediaType, bytes });
    if (refusal === undefined) return true;
    if (!this.hidesChildren(manifest)) throw this.writer.refused(name, `manifest ${content.digest}`, refusal);
    this.leaveOut(name, manifest, refusal.why);
    return false;
  }

  /** Whether not all is carried that an index names, or that an index in it names: registries may refuse it. */
  private hidesChildren({ absent, needs }: PushedManifest): boolean {
    return absent.length > 0 || needs.some((need) => this.unresolvable.some((one) => one.index === need));
  }

  private leaveOut(repository: string, { content, tags, absent }: PushedManifest, why: string): void {
    this.unresolvable.push({
      ...{ repository, index: content.digest, tags, why },
      absent: [...new Set(absent.map(platformOf))].sort(),
    });
  }
}

/**
 * Pushes a plan.
 *
 * @throws AirlockError (environment) when the registry cannot be reached, refuses, or the disk fails; (check) when it has something
 *   else under a digest. What has arrived is found there by the next push.
 */
export const push = (options: PushOptions): Promise<PushReport> => new Push(options).run();
