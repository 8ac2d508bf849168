/** What a plan needs to know from the lock: digests to pin. */
import type { Digest } from '../../core/digest';
import { badInput } from '../../core/errors';
import type { Enclave } from '../generated/enclave';
import type { Lock, LockChart, LockContent, LockDerivedModel, LockImageManifest, LockModel } from '../generated/lock';
import { modelArtifact } from './model-artifact';
import { ollamaStore } from './ollama-store';

/** Answers of a lock, by the names of its site. */
export interface LockLookup {
  /** Digest to name in a plan: the index where every child of it is carried, else the platform's manifest. */
  imageDigest(name: string, platform: string): Digest;
  /** `<registry>/<repository>@<digest>` of a locked image. */
  imageReference(enclave: Enclave, name: string, platform: string): string;
  /** The same for the kit's own image. */
  kitReference(enclave: Enclave, platform: string): string;
  /** Digest of a model's OCI manifest, and the sum of its files in bytes. */
  modelManifest(name: string): { readonly digest: Digest; readonly totalBytes: number };
  /** The manifest's text; pods hold a folder of the model against it. */
  modelManifestText(name: string): string;
  /** `<registry>/<repository>@<digest>` of a model's image form. */
  modelImageReference(enclave: Enclave, name: string, platform: string): string;
  /** Digest of the manifest of a serving's Ollama store, its text, and the bytes of its files. */
  ollamaStore(serving: string): { readonly digest: Digest; readonly totalBytes: number; readonly manifest: string };
  chart(name: string): LockChart;
  /** Digest and bytes of a file of the lock, as of a model. */
  fileManifest(name: string): { readonly digest: Digest; readonly totalBytes: number };
}

const REMAKE = 'run `airlock lock` for this site';

function digestFor(
  what: string,
  index: LockContent | undefined,
  complete: boolean,
  manifests: readonly LockImageManifest[],
  platform: string,
): Digest {
  const manifest = manifests.find(
    (candidate) => candidate.platform === platform || candidate.platform.startsWith(`${platform}/`),
  );
  if (manifest === undefined) throw badInput('LOCK_LACKS_ENTRY', `the lock has no ${what} for ${platform}`, REMAKE);
  return complete && index !== undefined ? index.digest : manifest.digest;
}

/** Answers from one lock. Every function throws AirlockError (input) for a name the lock does not have. */
export function lookup(lock: Lock): LockLookup {
  const image = (name: string): Lock['images'][number] => {
    const found = lock.images.find((candidate) => candidate.name === name);
    if (found === undefined) throw badInput('LOCK_LACKS_ENTRY', `the lock has no image "${name}"`, REMAKE);
    return found;
  };
  const model = (name: string): { readonly locked: LockModel; readonly derived: LockDerivedModel } => {
    const locked = lock.models.find((candidate) => candidate.name === name);
    const derived = lock.derived.models.find((candidate) => candidate.name === name);
    if (locked === undefined || derived === undefined)
      throw badInput('LOCK_LACKS_ENTRY', `the lock has no model "${name}"`, REMAKE);
    return { locked, derived };
  };
  const imageDigest = (name: string, platform: string): Digest => {
    const { index, complete, manifests } = image(name);
    return digestFor(`image "${name}"`, index, complete, manifests, platform);
  };
  return {
    imageDigest,
    imageReference: (enclave, name, platform) =>
      `${enclave.registry}/${image(name).repository}@${imageDigest(name, platform)}`,
    kitReference: (enclave, platform) => {
      const { repository, index, manifests } = lock.derived.kit;
      return `${enclave.registry}/${repository}@${digestFor('kit image', index, true, manifests, platform)}`;
    },
    modelManifest: (name) => {
      const { locked, derived } = model(name);
      return { digest: derived.manifest.digest, totalBytes: locked.files.reduce((sum, file) => sum + file.size, 0) };
    },
    modelManifestText: (name) => {
      const { locked, derived } = model(name);
      const { descriptor, bytes } = modelArtifact(locked).manifest;
      if (descriptor.digest === derived.manifest.digest) return bytes.toString('utf8');
      throw badInput(
        'LOCK_FILE_INVALID',
        `the lock derives another manifest for model "${name}" than its files give`,
        REMAKE,
      );
    },
    modelImageReference: (enclave, name, platform) => {
      const { image: form } = model(name).derived;
      if (form === undefined) {
        throw badInput(
          'LOCK_LACKS_ENTRY',
          `the lock does not have model "${name}" as an image, which pools with weights: image need`,
          'run `airlock weights derive` with the bundle or the store that holds the weights',
        );
      }
      const digest = digestFor(`image of model "${name}"`, undefined, false, form.manifests, platform);
      return `${enclave.registry}/${form.repository}@${digest}`;
    },
    ollamaStore: (serving) => {
      const section = lock.derived.stores?.find((candidate) => candidate.name === serving);
      if (section === undefined)
        throw badInput('LOCK_LACKS_ENTRY', `the lock has no Ollama store for serving "${serving}"`, REMAKE);
      const { manifest, layers } = ollamaStore(model(section.model).locked, section).artifact;
      if (manifest.descriptor.digest !== section.manifest.digest)
        throw badInput(
          'LOCK_FILE_INVALID',
          `the lock derives another Ollama store for serving "${serving}" than its files give`,
          REMAKE,
        );
      return {
        digest: manifest.descriptor.digest,
        totalBytes: layers.reduce((sum, { size }) => sum + size, 0),
        manifest: manifest.bytes.toString('utf8'),
      };
    },
    chart: (name) => {
      const found = lock.charts?.find((candidate) => candidate.name === name);
      if (found === undefined) throw badInput('LOCK_LACKS_ENTRY', `the lock has no chart "${name}"`, REMAKE);
      return found;
    },
    fileManifest: (name) => {
      const file = lock.files.find((candidate) => candidate.name === name);
      const derived = lock.derived.files?.find((candidate) => candidate.name === name);
      if (file === undefined || derived === undefined)
        throw badInput('LOCK_LACKS_ENTRY', `the lock has no file "${name}"`, REMAKE);
      return { digest: derived.manifest.digest, totalBytes: file.size };
    },
  };
}
