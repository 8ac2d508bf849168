/**
 * The envelope chart inside a stack's output.
 *
 * Not cdktf's `TerraformAsset`, which copies a folder: in `airlock.mjs` there is none. Path and files are the same.
 */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ISynthesisSession, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { assetFolder } from '../../core/assets';
import { makeFoldersSync } from '../../core/make-folders';

const CHART_ID = 'envelope-chart';

/** SHA-256 over names and contents: a changed chart gets a new path, which is what Terraform notices. */
function filesDigest(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [name, text] of files) hash.update(`${name}\0${Buffer.byteLength(text)}\0`).update(text);
  return hash.digest('hex');
}

/** Writes the chart into `folder` of the stack's output, in place of what an earlier one left there. */
function write(stack: TerraformStack, folder: string, chart: string, { manifest }: ISynthesisSession): void {
  const base = path.join(manifest.outdir, manifest.forStack(stack).workingDirectory);
  rmSync(path.join(base, folder), { recursive: true, force: true });
  for (const [name, text] of assetFolder('charts/envelope')) {
    const file = path.join(base, chart, name);
    makeFoldersSync(path.dirname(file));
    writeFileSync(file, text);
  }
}

/**
 * Puts the chart into the stack's output, once for all releases of the stack.
 *
 * @returns its path, seen from the stack's folder
 */
export function envelopeChart(stack: TerraformStack): string {
  const made = stack.node.tryFindChild(CHART_ID);
  const folder = path.posix.join('assets', stack.getLogicalId((made ?? new Construct(stack, CHART_ID)).node));
  const chart = path.posix.join(folder, filesDigest(assetFolder('charts/envelope')).slice(0, 32));
  if (made === undefined) {
    const { synthesizer } = stack;
    stack.synthesizer = {
      synthesize: (session) => {
        synthesizer.synthesize(session);
        write(stack, folder, chart, session);
      },
    };
  }
  return chart;
}
