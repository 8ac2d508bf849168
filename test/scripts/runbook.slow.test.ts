import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inputs } from '../stacks/synthesized';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';

const ROOT = path.join(__dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-runbook-'));
  const { site, enclave, lock } = inputs();
  writeFileSync(
    path.join(folder, 'airlock.lock.json'),
    readFileSync(path.join(ROOT, 'test/fixtures/stack/airlock.lock.json')),
  );
  synthesize({ blueprint: blueprintOf({ site, enclave, lock }), outdir: path.join(folder, 'cdktf.out') });
  cpSync(path.join(folder, 'cdktf.out'), path.join(folder, 'before'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const airlock = async (...args: string[]): Promise<string> => {
  const program = [path.join(ROOT, 'scripts/airlock.cjs'), ...args];
  return (await promisify(execFile)(process.execPath, program, { cwd: folder })).stdout;
};

/** Changes the context of every vLLM in the plan of the serving stack. */
function edit(): void {
  const file = path.join(folder, 'cdktf.out/stacks/serving/cdk.tf.json');
  const text = readFileSync(file, 'utf8');
  const edited = text.replace(/(--max-model-len\\",\\n\s*\\")\d+/g, '$11024');
  if (edited === text) throw new Error('the fixture has no context length');
  writeFileSync(file, edited);
}

describe('airlock deployed and airlock runbook', () => {
  it('keep a plan, and show the way from it to the next', async () => {
    expect(await airlock('deployed')).toMatch(/^kept sha256:[0-9a-f]{64} in deployments, deployment 1\n$/);
    edit();
    const text = await airlock('runbook', '--speed', '250MB/s');
    expect(text).toContain('change Deployment airlock-serving/chat: spec.template.spec.containers[engine].args');
    expect(text).toContain('$ terraform -chdir=cdktf.out/stacks/serving apply -input=false');
    expect(text).toContain('no point of no return');
    expect(text).not.toContain('deploy stack mirror');
    expect(await airlock('runbook', '--speed', '250MB/s')).toBe(text);
    expect(await airlock('runbook', '--from', 'before', '--speed', '250MB/s')).toBe(text);
  });

  it('refuse a speed that is none, and two things to compare with', async () => {
    await expect(airlock('runbook', '--speed', 'fast')).rejects.toMatchObject({ code: 2 });
    await expect(airlock('runbook', '--from', 'before', '--cluster')).rejects.toMatchObject({ code: 2 });
  });
});
