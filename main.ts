/** The CDKTF app: `npx cdktf synth`, or `npm run synth` without any Terraform. */
import { AirlockError, EXIT_CODES } from './core/errors';
import { loadEnclave } from './site/load-enclave';
import { loadSite } from './site/load-site';
import { loadLock } from './site/lock-file';
import { synthesize } from './stacks/app';

const { env } = process;

async function main(): Promise<void> {
  const warnings = synthesize({
    site: await loadSite(env['AIRLOCK_SITE'] ?? 'site.yaml'),
    enclave: await loadEnclave(env['AIRLOCK_ENCLAVE'] ?? 'enclave.yaml'),
    lock: await loadLock(env['AIRLOCK_LOCK'] ?? 'airlock.lock.json'),
    outdir: env['CDKTF_OUTDIR'] ?? 'cdktf.out',
    ...(env['AIRLOCK_STATE'] === undefined ? {} : { stateDirectory: env['AIRLOCK_STATE'] }),
    ...(env['AIRLOCK_ALLOW_DESTROY'] === undefined ? {} : { allowDestroy: env['AIRLOCK_ALLOW_DESTROY'] }),
  });
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

main().catch(async (error: unknown) => {
  const { printError } = await import('./scripts/ui/output.mjs');
  printError(error, { json: false, verbose: env['AIRLOCK_VERBOSE'] === '1' });
  process.exitCode = error instanceof AirlockError ? error.exitCode : EXIT_CODES.environment;
});
