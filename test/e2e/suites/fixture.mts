/** The fixture of the stacks, with the providers that this run has. */
import { examples, loadFiles } from '../../../tools/examples.js';
import type { SiteFiles } from '../cluster/world.mjs';
import { withProviders } from '../install/providers.mjs';

/** @param mirror folder of the providers' packages */
export async function fixtureFiles(mirror: string): Promise<SiteFiles> {
  const fixture = examples().find(({ name }) => name === 'fixture');
  if (fixture === undefined) throw new Error('the fixture of the stacks is gone');
  const { site, enclave, lock } = await loadFiles(fixture.folder);
  return {
    site,
    enclave: { ...enclave, providers: { directory: mirror } },
    lock: await withProviders(lock, mirror),
  };
}
