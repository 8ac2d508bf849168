/**
 * `npm run corpus:add -- VERSION`, which belongs to a release of the kit: keeps what this kit writes in test/corpus/VERSION,
 * where every later kit must read it. A release that is there is never written again.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kitVersion } from '../core/assets.js';
import { asAirlockError } from '../core/system-errors.js';
import { show } from '../core/visible.js';
import { print, printError } from '../scripts/ui/output.mjs';
import { enterRelease, writeManifest } from './corpus/manifest.js';
import { CORPUS, demandNew, releaseFolder } from './corpus/places.js';
import { DAY, PASSPHRASE, writeParts } from './corpus/write.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'airlock-corpus-'));
try {
  const [release] = process.argv.slice(2);
  demandNew(release, kitVersion());
  const folder = path.join(scratch, 'release');
  await writeParts(folder, release);
  const manifest = writeManifest(folder, { release, passphrase: PASSPHRASE, asOf: DAY });
  mkdirSync(CORPUS, { recursive: true });
  cpSync(folder, releaseFolder(release), { recursive: true, errorOnExist: true, force: false });
  enterRelease(release, manifest);
  print(show`${releaseFolder(release)}: written; its manifest is ${manifest}`);
} catch (error) {
  const failure = asAirlockError(error);
  printError(failure, { json: false, verbose: false });
  process.exitCode = failure.exitCode;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
