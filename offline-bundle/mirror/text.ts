/** What a mirror serves, as people read it. */
import { formatBytes } from '../../core/format-bytes';
import { type Page, table } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { CatalogSummary } from './catalog';

/** @param url address of the mirror, as clients name it */
export function servedPage({ images, models, providers, files }: CatalogSummary, url: string): Page {
  const rows = [
    ...images.map(({ repository, tags }) => ['OCI', repository, tags.join(' ')]),
    ...models.map(({ repository, commit, files: count, bytes }) => [
      'Hub',
      `HF_ENDPOINT=${url} ${repository}`,
      `${commit.slice(0, 12)}, ${count} files, ${formatBytes(bytes)}`,
    ]),
    ...providers.map(({ source, version, platforms }) => [
      'Terraform',
      `${url}/terraform/ ${source}`,
      `${version} ${platforms.join(' ')}`,
    ]),
    ...files.map(({ path, bytes }) => ['file', `${url}/files/${path}`, formatBytes(bytes)]),
  ];
  return rows.length === 0 ? show`nothing is imported yet` : table(['protocol', 'what', 'which'], rows);
}

/**
 * The first line of a mirror, on which scripts wait.
 *
 * @param url address of the mirror, as clients name it
 */
export const listeningLine = (listening: string, url: string): Line =>
  show`listening on ${listening}${url === listening ? '' : `; clients reach it as ${url}`}`;
