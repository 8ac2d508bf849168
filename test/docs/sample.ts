import { readFileSync } from 'node:fs';
import path from 'node:path';

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
const ROOT = path.resolve(path.dirname(__filename), '../..');

/**
 * A shell sample of a page, by how it begins.
 *
 * @param page relative to the repository, e.g. `docs/trust.md`
 * @throws Error where the page has none that begins so
 */
export function sampleOf(page: string, start: string): string {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  const found = text.split('```sh\n').find((part) => part.startsWith(start));
  if (found === undefined) throw new Error(`${page} has no sample that begins with ${start}`);
  return found.split('```')[0] ?? '';
}
