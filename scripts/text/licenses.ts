/** Packages inside `airlock.mjs`, as people read about them. */
import type { BundledLicenses } from '../../core/bundled-licenses';
import { type Page, table } from '../../core/page';
import { show, linesOf } from '../../core/visible';

type Package = BundledLicenses['packages'][number];

/** @param texts how many different texts they have in all */
export const packagesPage = (packages: readonly Package[], texts: number): Page => [
  table(
    ['package', 'version', 'license', 'source'],
    packages.map(({ name, version, license, source = '' }) => [name, version, license, source]),
  ),
  show`${packages.length} packages, ${texts} different texts; \`airlock licenses PACKAGE\` prints its own`,
];

/** One package with its texts, which stand further in: they are other people's words. */
export const packagePage = (
  { name, version, license, source }: Omit<Package, 'texts'>,
  texts: readonly string[],
): Page => [
  show`${name} ${version}: ${license}${source === undefined ? '' : ` (${source})`}`,
  ...texts.flatMap((text) => [show``, ...linesOf(text).map((line) => show`    ${line}`)]),
];
