/** Licenses of the packages that a build bundles, with their texts: they travel with the code. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundledLicenses, BundledPackage } from '../../core/bundled-licenses';

/** `LICENSE`, `LICENSE-MIT.txt`, `NOTICE`, `CopyrightNotice.txt`, `COPYING`. */
const LEGAL_FILE = /^(licen[cs]e|notice|copying|copyright|authors)/i;

/** Packages that carry no such file: where the text is instead, from the root of the checkout, and why there. */
const TEXT_ELSEWHERE: Readonly<Record<string, string>> = {
  // Its packages lack the file that its repository has, which is the text of the MPL as in the bindings of the same authors.
  cdktf: 'node_modules/@cdktf/provider-helm/LICENSE',
  // These say their license in package.json and readme alone.
  'abstract-logging': 'tools/far-side/license-texts/abstract-logging.txt',
  jsonify: 'tools/far-side/license-texts/jsonify.txt',
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
}

/** Folders of the packages that these inputs lie in, from the root of the checkout. */
export function packageFolders(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

const repositoryOf = ({ repository }: Manifest): string | undefined =>
  typeof repository === 'string' ? repository : repository?.url;

async function legalFiles(root: string, folder: string, name: string): Promise<string[]> {
  const elsewhere = TEXT_ELSEWHERE[name];
  if (elsewhere !== undefined) return [path.join(root, elsewhere)];
  const files = (await readdir(path.join(root, folder), { withFileTypes: true })).filter((entry) => entry.isFile());
  const legal = files.map((file) => file.name).filter((file) => LEGAL_FILE.test(file));
  return legal.sort().map((file) => path.join(root, folder, file));
}

/**
 * @param root folder of the checkout
 * @param inputs files that a build read, from there (esbuild's metafile)
 * @throws Error for a package that states no license, or has no text of it
 */
export async function licensesOf(root: string, inputs: readonly string[]): Promise<BundledLicenses> {
  const texts: string[] = [];
  const textAt = (text: string): number => {
    const known = texts.indexOf(text);
    return known === -1 ? texts.push(text) - 1 : known;
  };
  const packages: BundledPackage[] = [];
  const without: string[] = [];
  for (const folder of ['.', ...packageFolders(inputs)]) {
    const manifest = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8')) as Manifest;
    const { name, version, license } = manifest;
    const files = (await legalFiles(root, folder, name)).filter((file) => existsSync(file));
    if (license === undefined || files.length === 0) {
      without.push(`${folder} (${license ?? 'states no license'})`);
      continue;
    }
    const found = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const source = repositoryOf(manifest);
    packages.push({
      name,
      version,
      license,
      ...(source === undefined ? {} : { source }),
      texts: found.map((text) => textAt(text.replaceAll('\r\n', '\n').trim())),
    });
  }
  if (without.length > 0)
    throw new Error(`packages without a text of their license cannot be bundled: ${without.join(', ')}`);
  const key = ({ name, version }: BundledPackage): string => `${name} ${version}`;
  const once = new Map(packages.map((item) => [key(item), item]));
  return { packages: [...once.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1)), texts };
}
