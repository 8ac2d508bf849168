/** A Terraform provider registry (developer.hashicorp.com/terraform/internals/provider-registry-protocol). */
import { bytesContent, type Content, sha256Hex } from './bytes';
import { type FaultRule } from './faults';
import { type MadeProvider } from './providers';
import { type Answer, jsonAnswer, type OutsideServer, type ServerOptions, startServer, textAnswer } from './server';

export interface ProviderRegistryOptions extends ServerOptions {
  readonly providers: readonly MadeProvider[];
  /**
   * Where `download_url` points, e.g. `https://releases.example` for clients that map that host.
   *
   * @default - the server of the packages itself
   */
  readonly releasesUrl?: string;
  readonly releasesFaults?: readonly FaultRule[];
}

export interface ProviderRegistry extends OutsideServer {
  /** The other host, which holds the packages. */
  readonly releases: OutsideServer;
}

const notFound = (): Answer => jsonAnswer(404, { errors: ['Not Found'] });

function packageFiles(providers: readonly MadeProvider[]): Map<string, Content> {
  const files = new Map<string, Content>();
  for (const { name, version, packages } of providers) {
    const base = `/${name}/${version}`;
    const type = name.split('/').pop() ?? name;
    packages.forEach(({ filename, zip }) => files.set(`${base}/${filename}`, bytesContent(zip)));
    const sums = packages.map(({ filename, zip }) => `${sha256Hex(zip)}  ${filename}\n`).join('');
    files.set(`${base}/terraform-provider-${type}_${version}_SHA256SUMS`, bytesContent(sums));
  }
  return files;
}

export async function startProviderRegistry(options: ProviderRegistryOptions): Promise<ProviderRegistry> {
  const files = packageFiles(options.providers);
  const releases = await startServer(
    ({ url }) => {
      const body = files.get(url.pathname);
      return body === undefined
        ? textAnswer(404, 'not found\n')
        : { status: 200, headers: { 'Content-Type': 'application/zip' }, body, ranges: true };
    },
    { hostname: 'localhost', ...(options.releasesFaults === undefined ? {} : { faults: options.releasesFaults }) },
  );
  const base = options.releasesUrl ?? releases.url;

  const versions = (name: string): Answer => {
    const found = options.providers.filter((provider) => provider.name === name);
    if (found.length === 0) return notFound();
    return jsonAnswer(200, {
      id: name,
      versions: found.map(({ version, packages }) => ({
        version,
        protocols: ['5.0'],
        platforms: packages.map(({ platform }) => ({ os: platform.split('/')[0], arch: platform.split('/')[1] })),
      })),
      warnings: null,
    });
  };

  const download = (name: string, version: string, platform: string): Answer => {
    const provider = options.providers.find((candidate) => candidate.name === name && candidate.version === version);
    const found = provider?.packages.find((candidate) => candidate.platform === platform);
    if (found === undefined) return notFound();
    const [os, arch] = platform.split('/');
    const sums = `${base}/${name}/${version}/terraform-provider-${name.split('/').pop() ?? name}_${version}_SHA256SUMS`;
    return jsonAnswer(200, {
      protocols: ['5.0'],
      os,
      arch,
      filename: found.filename,
      download_url: `${base}/${name}/${version}/${found.filename}`,
      shasums_url: sums,
      shasums_signature_url: `${sums}.sig`,
      shasum: sha256Hex(found.zip),
      signing_keys: { gpg_public_keys: [] },
    });
  };

  const registry = await startServer(({ url }) => {
    if (url.pathname === '/.well-known/terraform.json') {
      return jsonAnswer(200, { 'modules.v1': '/v1/modules/', 'providers.v1': '/v1/providers/' });
    }
    const match = /^\/v1\/providers\/([^/]+\/[^/]+)\/(?:versions|([^/]+)\/download\/([^/]+\/[^/]+))$/.exec(
      url.pathname,
    );
    if (match === null) return notFound();
    const [, name = '', version, platform] = match;
    return version === undefined || platform === undefined ? versions(name) : download(name, version, platform);
  }, options);
  return {
    ...registry,
    releases,
    close: async () => {
      await Promise.all([registry.close(), releases.close()]);
    },
  };
}
