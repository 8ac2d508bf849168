/** Terraform provider packages: zips with one executable, the same bytes for the same name. */
import { ZipFile } from 'yazl';
import { seededBytes } from './bytes';

export interface ProviderPackage {
  /** os/architecture. */
  readonly platform: string;
  /** The name Terraform expects. */
  readonly filename: string;
  readonly zip: Buffer;
}

export interface MadeProvider {
  /** namespace/type. */
  readonly name: string;
  readonly version: string;
  readonly packages: readonly ProviderPackage[];
}

/** DOS timestamps hold local time without a zone: local fields in, the same bytes in every zone out. */
async function zipOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) {
    zip.addBuffer(bytes, name, { mtime: new Date(2026, 0, 1), mode: 0o100755, forceDosTimestamp: true });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * A provider that nothing can run: a script in place of the plugin, and a license file.
 *
 * @param bytes of noise behind the script
 */
export async function makeProvider(
  name: string,
  version: string,
  platforms: readonly string[],
  bytes = 200_000,
): Promise<MadeProvider> {
  const type = name.split('/').pop() ?? name;
  const packages = platforms.map(async (platform) => ({
    platform,
    filename: `terraform-provider-${type}_${version}_${platform.replace('/', '_')}.zip`,
    zip: await zipOf({
      'LICENSE.txt': Buffer.from('Mozilla Public License Version 2.0\n'),
      [`terraform-provider-${type}_v${version}_x5`]: Buffer.concat([
        Buffer.from('#!/bin/sh\necho "a stand-in, not a provider" >&2\nexit 1\n'),
        seededBytes(`${name} ${version} ${platform}`, bytes),
      ]),
    }),
  }));
  return { name, version, packages: await Promise.all(packages) };
}
