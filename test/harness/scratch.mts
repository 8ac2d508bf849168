/** Temporary folders of the run, gone at its end. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folders: string[] = [];

/** A fresh folder that lasts as long as the run; kept with AIRLOCK_KEEP_SCRATCH=1. */
export async function makeFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `airlock-${name}-`));
  folders.push(folder);
  return folder;
}

export function removeScratch(): void {
  if (process.env['AIRLOCK_KEEP_SCRATCH'] === '1') return;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

process.on('exit', removeScratch);
