/** Debian packages, installed for the programs in them. */
import { mustRun, run } from './processes.mjs';

export const QUIET = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000 } as const;

const globOf = (version: string): RegExp => new RegExp(`^${version.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`);

async function isInstalled(pin: string): Promise<boolean> {
  const [name = '', version = ''] = pin.split('=');
  const { stdout } = await run('dpkg-query', ['-W', '-f=${db:Status-Status} ${Version}', name]);
  const [status, found = ''] = stdout.trim().split(' ');
  // Epochs are seldom written in a pin.
  return status === 'installed' && (globOf(version).test(found) || globOf(version).test(found.replace(/^\d+:/, '')));
}

/**
 * Installs what is missing; needs root and a Debian 12 archive.
 *
 * @param pins `name=version`, with `*` where a part floats
 */
export async function installDebianPackages(pins: readonly string[]): Promise<string> {
  const missing: string[] = [];
  for (const pin of pins) if (!(await isInstalled(pin))) missing.push(pin);
  if (missing.length === 0) return `${String(pins.length)} present`;
  await mustRun('apt-get', ['update', '-q'], QUIET);
  const options = ['--yes', '--quiet', '--no-install-recommends', '--allow-downgrades'];
  // RUNLEVEL=1 keeps maintainer scripts from starting daemons (invoke-rc.d(8)); the suite starts its own.
  await mustRun('apt-get', ['install', ...options, ...missing], { ...QUIET, env: { ...QUIET.env, RUNLEVEL: '1' } });
  return `installed ${missing.join(' ')}`;
}
