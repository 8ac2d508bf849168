/** What the internet is to the suite: the real registry with real images, and a Hub with a real model. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { TERRAFORM_PROVIDERS } from '../../../catalog/terraform-providers.js';
import { type Content, fileContent, seededBytes, sha256Hex } from '../../outside-world/bytes.js';
import { startFileServer } from '../../outside-world/files.js';
import { type Hub, startHub } from '../../outside-world/hub.js';
import { startProviderRegistry } from '../../outside-world/provider-registry.js';
import { makeProvider } from '../../outside-world/providers.js';
import { MINILM } from '../install/versions.mjs';
import { minilmFolder } from '../install/python.mjs';
import { type DockerRegistry, startDockerRegistry } from './docker-registry.mjs';
import { packageChart } from './charts.mjs';
import { type PushedImage, pushImage } from './images.mjs';

export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export const ENGINE_VERSION = '0.27.1';

export interface Upstream {
  readonly registry: DockerRegistry;
  readonly hub: Hub;
  readonly images: { readonly toolbox: PushedImage; readonly kitBase: PushedImage; readonly engine: PushedImage };
  /** SHA-256 of each file of the model, by path. */
  readonly modelFiles: ReadonlyMap<string, string>;
  readonly file: { readonly url: string; readonly sha256: string };
  /** A chart that helm itself packaged, in a repository whose index helm itself wrote. */
  readonly chart: {
    readonly repository: string;
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  };
  /** Options for `lock` and `bundle create`. */
  readonly options: readonly string[];
  /** Environment for the same. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

async function modelContents(): Promise<Record<string, Content>> {
  const folder = await minilmFolder();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents: Record<string, Content> = {};
  for (const entry of entries.filter((found) => found.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    contents[path.relative(folder, file).replaceAll(path.sep, '/')] = await fileContent(file);
  }
  return contents;
}

export async function startUpstream(folder: string): Promise<Upstream> {
  const registry = await startDockerRegistry(folder);
  const { authority } = registry;
  const push = (content: 'busybox' | 'node', repository: string, tag: string): Promise<PushedImage> =>
    pushImage(folder, authority, { content, repository, tag, architectures: ['amd64', 'arm64'] });
  const images = {
    toolbox: await push('busybox', 'tools/busybox', '1.35'),
    kitBase: await push('node', 'library/node', '20'),
    // The site serves on amd64 nodes alone, so of this index one platform is carried.
    engine: await push('busybox', 'vllm/vllm-openai', `v${ENGINE_VERSION}`),
  };
  const contents = await modelContents();
  const hub = await startHub({
    repositories: [{ id: MINILM.repository, files: contents, license: 'apache-2.0', revision: MINILM.revision }],
    pageSize: 5,
    resolveCache: true,
  });
  const providers = await startProviderRegistry({
    providers: await Promise.all(
      TERRAFORM_PROVIDERS.map(({ source, version }) =>
        makeProvider(source.split('/').slice(1).join('/'), version, PLATFORMS),
      ),
    ),
  });
  const probe = seededBytes('a tool', 300_000);
  const chart = await packageChart(folder);
  const files = await startFileServer({ files: { '/tools/probe.bin': probe, ...chart.files } });
  const mapped = {
    [authority]: `http://${authority}`,
    'docker.io': `http://${authority}`,
    'registry.terraform.io': providers.url,
  };
  return {
    registry,
    hub,
    images,
    modelFiles: new Map(Object.entries(contents).map(([name, { sha256 }]) => [name, sha256])),
    file: { url: `${files.url}/tools/probe.bin`, sha256: sha256Hex(probe) },
    chart: { repository: `${files.url}/stable`, name: chart.name, version: chart.version, sha256: chart.sha256 },
    options: Object.entries(mapped).flatMap(([host, url]) => ['--upstream', `${host}=${url}`]),
    env: { HF_ENDPOINT: hub.url },
    close: async () => {
      await Promise.all([registry.stop(), hub.close(), providers.close(), files.close()]);
    },
  };
}
