/** Checkov on the same plans: what it reads of them, and how long that takes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalize } from '../../audit/kubernetes/normalize.js';
import { plainObject } from '../../audit/kubernetes/plain.js';
import { buildPlan } from '../../audit/plan/build-plan.js';
import { readPlanFiles } from '../../audit/plan/read-files.js';
import { CACHE } from '../../test/harness/paths.mjs';
import { run } from '../../test/harness/processes.mjs';
import { installVenv } from '../../test/harness/python.mjs';

const VENV = path.join(CACHE, 'audit-bench', 'venv');
const LONGEST_MS = 600_000;

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly parsing_errors: number;
  readonly resource_count: number;
}

/** Objects of the plan as a reviewer would hand them to a reader of manifests: JSON is YAML. */
async function writeManifests(plan: string, to: string): Promise<void> {
  const { objects } = normalize(buildPlan(await readPlanFiles(plan)));
  await writeFile(
    path.join(to, 'objects.yaml'),
    objects.map((one) => JSON.stringify(plainObject(one))).join('\n---\n'),
  );
}

async function ask(framework: string, folder: string): Promise<string> {
  const args = ['-d', folder, '--framework', framework, '--compact', '--quiet', '--skip-download', '-o', 'json'];
  const { stdout, seconds } = await run(path.join(VENV, 'bin/checkov'), args, { timeoutMs: LONGEST_MS });
  const answer = JSON.parse(stdout) as Summary & { readonly summary?: Summary };
  const { passed, failed, parsing_errors: unread, resource_count: resources } = answer.summary ?? answer;
  const found = `${String(resources)} resources read, ${String(passed)} checks passed, ${String(failed)} failed`;
  return `${framework}: ${seconds.toFixed(1)} s, ${found}, ${String(unread)} files that it cannot parse`;
}

/**
 * Lines for each plan: by its readers of Terraform's JSON, and by its reader of manifests with the objects that the audit took
 * out of the plan, since it renders no release. It is not held to anything.
 */
export async function checkovBeside(
  plans: readonly { readonly name: string; readonly folder: string }[],
): Promise<readonly string[]> {
  const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
  const installed = await installVenv(VENV, requirements).catch(() => undefined);
  if (installed === undefined) return ['SKIPPED: checkov needs python3 with venv, and PyPI'];
  const lines: string[] = [];
  for (const { name, folder } of plans) {
    const manifests = await mkdtemp(path.join(tmpdir(), 'airlock-bench-checkov-'));
    try {
      await writeManifests(folder, manifests);
      for (const [framework, of] of [
        ['terraform', folder],
        ['terraform_json', folder],
        ['kubernetes', manifests],
      ] as const)
        lines.push(`checkov 3.3.30, ${name}, ${await ask(framework, of)}`);
    } finally {
      await rm(manifests, { recursive: true, force: true });
    }
  }
  return lines;
}
