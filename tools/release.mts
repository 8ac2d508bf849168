/**
 * `npm run release -- --out FOLDER [--key FILE]`: the release of the checkout as a folder of files, with a signature over their
 * digests where a key is given. Run again with another key, it adds that signature.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { AirlockError, EXIT_CODES } from '../core/errors.js';
import { sumsSignatureFileName } from '../offline-bundle/trust/seal.js';
import { addSignerOptions, signerFrom, type SignerOptions } from '../scripts/ui/signer-options.mjs';
import { ROOT } from './package/manifest.js';
import { releaseOf, SUMS } from './release/release.js';
import { writeRelease } from './release/write.js';

interface ReleaseOptions extends SignerOptions {
  readonly out: string;
}

async function run(options: ReleaseOptions): Promise<void> {
  // A wrong passphrase is said before the build.
  const signer = await signerFrom({ ...options, json: false });
  const release = await releaseOf(ROOT);
  await writeRelease(release.files, options.out);
  const sums = release.files.get(SUMS) ?? Buffer.alloc(0);
  console.log(`${options.out}: airlock ${release.version}\n${sums.toString('utf8').trimEnd()}`);
  if (signer === undefined) {
    console.log('not signed: --key signs SHA256SUMS');
    return;
  }
  const name = sumsSignatureFileName(signer.keyId);
  await writeFile(path.join(options.out, name), await signer.sign(sums));
  console.log(`signed by key ${signer.keyId}: ${name}`);
}

const program = addSignerOptions(
  new Command('release').requiredOption('--out <folder>', 'where the release is written'),
).action(run);
await program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof AirlockError)) throw error;
  console.error(`error: ${error.message}${error.fix === undefined ? '' : `\n  ${error.fix}`}`);
  process.exitCode = EXIT_CODES[error.kind];
});
