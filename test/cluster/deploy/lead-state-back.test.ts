import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leadStateBack } from '../../../cluster/deploy/lead-state-back';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-state-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A plan of two stacks at /site/cdktf.out, and its copy. */
function plans(states: readonly [object, object]): { plan: string; original: string } {
  const original = path.join(folder, 'site/cdktf.out');
  const plan = path.join(folder, 'private', original);
  states.forEach((backend, at) => {
    for (const root of [plan, original]) {
      mkdirSync(path.join(root, `stacks/s${String(at)}`), { recursive: true });
      writeFileSync(path.join(root, `stacks/s${String(at)}/cdk.tf.json`), JSON.stringify({ terraform: { backend } }));
    }
  });
  return { plan, original };
}

const STACKS = [0, 1].map((at) => ({ name: `s${String(at)}`, folder: `stacks/s${String(at)}` }));
const local = (state: string): object => ({ local: { path: state } });

it.each(['../../../state', '../../../../elsewhere/state', '../../../a/b'])(
  'leads from the copy to the state in %s',
  async (place) => {
    const copied = plans([local(`${place}/a.tfstate`), local(`${place}/b.tfstate`)]);
    await leadStateBack(copied, STACKS, true);
    writeFileSync(path.join(copied.plan, 'stacks/s0', place, 'a.tfstate'), 'written by the copy');
    expect(readFileSync(path.join(copied.original, 'stacks/s0', place, 'a.tfstate'), 'utf8')).toBe(
      'written by the copy',
    );
  },
);

it('makes no folder of the original where nothing is to be changed', async () => {
  const copied = plans([local('../../../state/a.tfstate'), local('../../../state/b.tfstate')]);
  await leadStateBack(copied, STACKS, false);
  expect(existsSync(path.join(copied.original, '../state'))).toBe(false);
  expect(existsSync(path.join(copied.plan, '../state'))).toBe(true);
});

it('leaves absolute paths and other backends as they are', async () => {
  const copied = plans([local(path.join(folder, 'absolute/a.tfstate')), { kubernetes: { namespace: 'x' } }]);
  await expect(leadStateBack(copied, STACKS, true)).resolves.toBeUndefined();
});

it('refuses a state beside the plan without a folder of its own', async () => {
  const copied = plans([local('../../../a.tfstate'), local('../../../b.tfstate')]);
  await expect(leadStateBack(copied, STACKS, true)).rejects.toMatchObject({ code: 'STATE_INSIDE_PLAN' });
});
