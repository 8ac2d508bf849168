/** A small site and a lock that answers it, as values to vary in tests. */
import { fileArtifact, modelArtifact } from '../../offline-bundle/layout/artifacts';
import { digestOf } from '../../core/digest';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_TAR, OCI_MANIFEST } from '../../core/media-types';
import { parseOciReference } from '../../core/oci-reference';
import { imageRepository, KIT_REPOSITORY } from '../../site/enclave-names';
import type { Lock, LockDerivedStore, LockContent, LockImageManifest, LockModel } from '../../site/generated/lock';
import { ollamaStore, type StoreRequest } from '../../site/lock/ollama-store';
import type { Site } from '../../site/generated/site';
import { parseSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests/requests';

export const REVISION = 'ab'.repeat(20);

export const SITE_YAML = `apiVersion: airlock/v1alpha1
kind: Site
name: nordlicht
platforms: [linux/amd64]
cluster: { distribution: rke2, kubernetesVersion: "1.34" }
pools:
  - { name: h100, accelerator: nvidia-h100-80gb, gpusPerNode: 8 }
  - { name: edge, accelerator: none }
models:
  - name: tiny
    source: { repository: example/tiny, revision: ${REVISION} }
    license: { expect: Apache-2.0, reviewedBy: counsel@nordlicht.example, reviewedOn: 2026-11-02 }
servings:
  - { name: chat, model: tiny, engine: { name: vllm, version: 0.27.1 }, pool: h100 }
images:
  - { name: toolbox, reference: "docker.io/library/busybox:1.36" }
`;

export const site = (): Site => parseSite(SITE_YAML, 'site.yaml');

const content = (mediaType: string, text: string): LockContent => ({
  mediaType,
  digest: digestOf(text),
  size: text.length,
});

const manifest = (name: string, platform: string): LockImageManifest => ({
  platform,
  ...content(OCI_MANIFEST, `${name} manifest ${platform}`),
  config: content(OCI_CONFIG, `${name} config ${platform}`),
  layers: [content(OCI_LAYER_TAR, `${name} layer ${platform}`)],
});

/** A lock that answers a site, with made-up digests. */
export function lockFor(wanted: Site): Lock {
  const requests = lockRequests(wanted);
  const models = requests.models.map((model): LockModel => ({
    name: model.name,
    source: {
      repository: model.repository,
      revision: model.revision,
      include: [...model.include],
      exclude: [...model.exclude],
    },
    license: { expected: model.expectedLicense, declared: model.expectedLicense, files: ['LICENSE'] },
    files: [
      { path: 'LICENSE', size: 7, sha256: digestOf('license').slice(7), sha256From: 'fetched', gitOid: 'a'.repeat(40) },
      {
        // Ollama loads GGUF alone.
        path: requests.stores.some((store) => store.model === model.name) ? 'model.gguf' : 'model.safetensors',
        size: 1000,
        sha256: digestOf('weights').slice(7),
        sha256From: 'hub',
        gitOid: 'b'.repeat(40),
      },
    ],
  }));
  const files = requests.files.map(({ usedBy, ...file }) => ({
    ...file,
    size: 1,
    ...(usedBy === undefined ? {} : { usedBy: [...usedBy] }),
  }));
  const storeOf = (store: StoreRequest): LockDerivedStore =>
    ollamaStore(
      models.find(({ name }) => name === store.model)!,
      store,
    ).section;
  const strip = ({ mediaType, digest, size }: LockContent): LockContent => ({ mediaType, digest, size });
  return {
    apiVersion: 'airlock/v1alpha1',
    kind: 'Lock',
    site: requests.site,
    platforms: [...requests.platforms],
    images: requests.images.map((image) => ({
      name: image.name,
      reference: image.reference,
      repository: imageRepository(parseOciReference(image.reference)),
      usedBy: [...image.usedBy],
      index: content(OCI_INDEX, `${image.name} index`),
      complete: false,
      manifests: image.platforms.map((platform) => manifest(image.name, platform)),
    })),
    models,
    providers: requests.providers.map((provider) => ({
      source: provider.source,
      version: provider.version,
      packages: provider.platforms.map((platform) => ({
        platform,
        filename: `${provider.source.split('/').pop() ?? ''}_${provider.version}_${platform.replace('/', '_')}.zip`,
        size: 10,
        sha256: digestOf(provider.source + platform).slice(7),
        h1: `h1:${'A'.repeat(43)}=`,
      })),
    })),
    files,
    derived: {
      kit: {
        version: '0.1.0',
        airlockMjs: content('text/javascript', 'program'),
        base: 'kit-base',
        repository: KIT_REPOSITORY,
        manifests: requests.platforms.map((platform) => manifest('kit', platform)),
      },
      models: models.map((model) => {
        const made = modelArtifact(model);
        return {
          name: model.name,
          repository: `models/${model.name}`,
          manifest: strip(made.manifest.descriptor),
          config: strip(made.config.descriptor),
        };
      }),
      ...(requests.stores.length === 0 ? {} : { stores: requests.stores.map(storeOf) }),
      files: files.map((file) => {
        const made = fileArtifact(file);
        return {
          name: file.name,
          repository: `files/${file.name}`,
          manifest: strip(made.manifest.descriptor),
          config: strip(made.config.descriptor),
        };
      }),
    },
  };
}
