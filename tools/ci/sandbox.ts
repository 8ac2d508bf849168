/** A folder that holds what a tier has named as its inputs and nothing else: what it reads beside that is not there. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PACKAGES = 'node_modules';

/** Installed packages as links to the same files; as copies where the folder is on another disk. */
function bringPackages(root: string, folder: string): void {
  const [from, to] = [path.join(root, PACKAGES), path.join(folder, PACKAGES)];
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' });
  } catch {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

export class Sandbox {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'airlock-ci-'));

  public constructor(private readonly root: string) {
    bringPackages(root, this.folder);
  }

  /** Takes away what the tier before had or made. @returns the folder, now with these files of the checkout */
  public fill(files: readonly string[]): string {
    for (const name of readdirSync(this.folder).filter((one) => one !== PACKAGES))
      rmSync(path.join(this.folder, name), { recursive: true, force: true });
    for (const file of files) {
      const target = path.join(this.folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      copyFileSync(path.join(this.root, file), target);
    }
    return this.folder;
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
