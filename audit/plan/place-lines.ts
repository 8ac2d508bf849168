/** Lines of places in the configurations of a plan. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../core/digest';
import type { Place } from './plan';
import { valueLines } from './value-lines';

/**
 * Reads the configurations again; of one that is another by now, no line is known.
 *
 * @param judged digests of what was judged, by path below the folder
 */
export async function placeLines(
  folder: string,
  judged: Readonly<Record<string, Digest>>,
  places: readonly Place[],
): Promise<(place: Place) => number | undefined> {
  const lines = new Map<string, (pointer: string) => number>();
  for (const file of new Set(places.map((place) => place.file))) {
    if (judged[file] === undefined) continue;
    const bytes = await readFile(path.join(folder, file)).catch(() => undefined);
    if (bytes === undefined || digestOf(bytes) !== judged[file]) continue;
    const pointers = places.filter((place) => place.file === file).map(({ pointer }) => pointer);
    lines.set(file, valueLines(bytes.toString('utf8'), pointers));
  }
  return ({ file, pointer }) => lines.get(file)?.(pointer);
}
