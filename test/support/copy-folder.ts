import { copyFileSync, utimesSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * What is in a folder, with times and links, into another one, which may be there. By no program: to start one, a process as large
 * as that of the unit suite takes longer than to copy the hundred small files of a bundle. Not by `fs.cp`, which takes twice as long.
 */
export function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else {
      copyFileSync(source, target);
      const { atimeMs, mtimeMs } = statSync(source);
      utimesSync(target, atimeMs / 1000, mtimeMs / 1000);
    }
  }
}
