/** The fixture of the stacks, as it stands and with the providers that this run has. */
import { examples, loadFiles } from '../../../tools/examples.js';
import type { SiteFiles } from '../cluster/world.mjs';
import { withProviders } from '../install/providers.mjs';

export function plainFixture(): Promise<SiteFiles> {
  const fixture = examples().find(({ name }) => name === 'fixture');
  if (fixture === undefined) throw new Error('the fixture of the stacks is gone');
  return loadFiles(fixture.folder);
}

/** @param mirror folder of the providers' packages */
export async function fixtureFiles(mirror: string): Promise<SiteFiles> {
  const { site, enclave, lock } = await plainFixture();
  return {
    site,
    enclave: { ...enclave, providers: { directory: mirror } },
    lock: await withProviders(lock, mirror),
  };
}
