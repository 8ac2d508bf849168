/** Packages inside `airlock.mjs` and the texts of their licenses. */

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its own package.json states it, an SPDX expression as a rule. */
  readonly license: string;
  /** Its repository: where the sources of packages under the MPL are. */
  readonly source?: string;
  /** Its license and notice files, as places in {@link BundledLicenses.texts}. */
  readonly texts: readonly number[];
}

export interface BundledLicenses {
  /** Sorted by name and version; Airlock itself is among them. */
  readonly packages: readonly BundledPackage[];
  /** Each different text once. */
  readonly texts: readonly string[];
}
