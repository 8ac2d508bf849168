/** What is inside a release, as CycloneDX 1.6 (ECMA-424). It names no time and no machine, so that it can be made again. */
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { BundledPackage } from '../../core/bundled-licenses';

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  /** Subresource Integrity of the package's tarball: `sha512-<base64>`. */
  readonly integrity?: string;
  readonly dev?: boolean;
}

/** The part of package-lock.json that is read: packages by their folder. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface SbomInput {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** SHA-256 of each file of the release, hexadecimal. */
  readonly files: ReadonlyMap<string, string>;
  /** What airlock.mjs holds. */
  readonly bundled: readonly BundledPackage[];
  readonly lock: PackageLock;
}

const purlOf = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** Name of a package by its folder; undefined for the checkout itself. */
const nameIn = (folder: string): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(folder)?.[1];

/** Where an installed package comes from; of copies below others, the first of that version. */
function lockedIn({ packages }: PackageLock): ReadonlyMap<string, LockedPackage> {
  const found = new Map<string, LockedPackage>();
  for (const [folder, locked] of Object.entries(packages)) {
    const name = nameIn(folder);
    const key = `${name ?? ''}@${locked.version ?? ''}`;
    if (name !== undefined && !found.has(key)) found.set(key, locked);
  }
  return found;
}

function licenseOf(text: string): Models.LicenseExpression | Models.NamedLicense {
  return /^[A-Za-z0-9.()+ -]+$/.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}

function componentOf(name: string, version: string, license: string | undefined, integrity?: string): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    bomRef: purlOf(name, version),
    purl: purlOf(name, version),
  });
  if (license !== undefined) component.licenses.add(licenseOf(license));
  const digest = /^sha512-(.+)$/.exec(integrity ?? '')?.[1];
  if (digest !== undefined)
    component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(digest, 'base64').toString('hex'));
  return component;
}

/** Same input, same text. */
export function sbomOf({ name, version, license, files, bundled, lock }: SbomInput): string {
  const bom = new Models.Bom();
  const product = componentOf(name, version, license);
  product.type = Enums.ComponentType.Application;
  bom.metadata.component = product;
  for (const [file, sha256] of files) {
    const component = new Models.Component(Enums.ComponentType.File, file, { bomRef: file });
    component.hashes.set(Enums.HashAlgorithm['SHA-256'], sha256);
    bom.components.add(component);
    product.dependencies.add(component.bomRef);
  }
  const locked = lockedIn(lock);
  const components = new Map<string, Models.Component>();
  const add = (one: string, its: string, said: string | undefined): void => {
    const key = `${one}@${its}`;
    components.set(key, components.get(key) ?? componentOf(one, its, said, locked.get(key)?.integrity));
  };
  for (const one of bundled.filter((item) => item.name !== name)) add(one.name, one.version, one.license);
  for (const [folder, one] of Object.entries(lock.packages)) {
    const needed = nameIn(folder);
    if (needed !== undefined && one.dev !== true && one.version !== undefined) add(needed, one.version, one.license);
  }
  for (const [, component] of [...components].sort(([a], [b]) => (a < b ? -1 : 1))) {
    bom.components.add(component);
    product.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}
