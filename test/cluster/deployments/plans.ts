/** Plans to deploy and to go back to: one resource of Terraform's own for each stack, so that no provider is needed. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface PlanChange {
  /** Value of the resource of each stack. */
  readonly input: string;
  /** Stacks with what they depend on. @default - `platform`, and `serving` after it */
  readonly stacks?: Readonly<Record<string, readonly string[]>>;
  /** Path of the state, seen from a stack's folder. @default - beside the plan */
  readonly state?: string;
  /** Further resources of the stack `serving`. */
  readonly more?: object;
}

/** Writes a plan as `cdktf synth` would, over the files of one that lies there. */
export async function writePlan(plan: string, { input, stacks, state, more = {} }: PlanChange): Promise<void> {
  const all = stacks ?? { serving: ['platform'], platform: [] };
  await mkdir(plan, { recursive: true });
  await rm(path.join(plan, 'stacks'), { recursive: true, force: true });
  const entries = Object.entries(all).map(([name, dependencies]) => [
    name,
    { name, dependencies, workingDirectory: `stacks/${name}`, synthesizedStackPath: `stacks/${name}/cdk.tf.json` },
  ]);
  await writeFile(path.join(plan, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(entries) as object }));
  await writeFile(path.join(plan, 'terraform.tfrc'), 'disable_checkpoint = true\n');
  for (const name of Object.keys(all)) {
    const folder = path.join(plan, 'stacks', name);
    await mkdir(folder, { recursive: true });
    const configuration = {
      terraform: { backend: { local: { path: state ?? `../../../state/${name}.tfstate` } } },
      resource: { terraform_data: { it: { input } }, ...(name === 'serving' ? more : {}) },
    };
    await writeFile(path.join(folder, 'cdk.tf.json'), JSON.stringify(configuration));
    await writeFile(path.join(folder, '.terraform.lock.hcl'), '# providers\n');
  }
}
