/** Who goes through the page: a home, a shell in the checkout, stand-ins for the internet that end where the far side begins. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startWorld } from '../outside-world/world';
import { type Block, filledIn, ROOT } from './page';
import { Shell } from './shell';
import { upstreamsOf } from './upstreams';
import type { Done, Way } from './walk';

/** What a person writes in place of `<EDIT …>`, by the key before it. */
const SAID = { reviewedBy: 'counsel@first.example', reviewedOn: '2026-11-02', owner: 'platform@first.example' };

/** The hash of the caller's key, once the page has made one. */
function hashIn(file: string): { readonly hash?: string } {
  try {
    return { hash: (JSON.parse(readFileSync(file, 'utf8')) as { hash: string }).hash };
  } catch {
    return {};
  }
}

export interface NewUser extends Pick<Way, 'shell' | 'values'> {
  /** Types the block with which the far side begins: the internet is gone before it. */
  readonly goFar: (block: Block) => Promise<Done>;
  readonly end: () => Promise<void>;
}

/** @param home an empty folder */
export async function newUser(blocks: readonly Block[], home: string): Promise<NewUser> {
  const site = blocks.find(({ words }) => words.includes('site.yaml'));
  const world = await startWorld(await upstreamsOf(filledIn(site?.code ?? '', SAID)));
  const shell = new Shell(ROOT, { HOME: home, PATH: process.env['PATH'] ?? '', CHECKPOINT_DISABLE: '1' });
  shell.add({ ...world.environment, DOCKER_CONFIG: path.join(home, 'no-docker-config') });
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await world.close();
    open = false;
  };
  return {
    shell,
    values: () => ({ ...SAID, ...hashIn(path.join(home, 'far/desk.json')) }),
    goFar: async ({ code }) => {
      await close();
      shell.remove(Object.keys(world.environment));
      return { outcome: 'typed', said: await shell.mustType(code) };
    },
    end: async () => {
      await close();
      shell.end();
    },
  };
}
