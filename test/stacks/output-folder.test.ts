import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import { filesBelow, inputs, synth, withFolder } from './synthesized';

/** Variables of cdktf itself, each with a value by which something else, or nothing, would be written. */
const VARIABLES = { CDKTF_CONTEXT_JSON: '{', SYNTH_HCL_OUTPUT: 'true' };

it.each(Object.entries(VARIABLES))('writes the same bytes where %s is set, and leaves the variable', (name, value) => {
  const before = synth().files;
  process.env[name] = value;
  try {
    expect([...synth().files]).toEqual([...before]);
    expect(process.env[name]).toBe(value);
  } finally {
    Reflect.deleteProperty(process.env, name);
  }
});

it('takes away the stack that an earlier synthesis wrote and this one does not, and nothing else', () => {
  withFolder((folder) => {
    const outdir = path.join(folder, 'out');
    const [old, other] = ['old', 'notes'].map((name) => path.join(outdir, 'stacks', name)) as [string, string];
    for (const made of [old, other]) mkdirSync(made, { recursive: true });
    writeFileSync(path.join(old, 'cdk.tf.json'), '{}');
    writeFileSync(path.join(other, 'read.me'), '');
    synthesize({ blueprint: blueprintOf(inputs()), outdir });
    expect([existsSync(old), existsSync(other)]).toEqual([false, true]);
  });
});

it('writes the same bytes over an earlier synthesis, charts of other versions of the kit included', () => {
  withFolder((folder) => {
    const outdir = path.join(folder, 'out');
    const chart = path.join(outdir, 'stacks/serving/assets/envelope-chart/0123');
    mkdirSync(chart, { recursive: true });
    writeFileSync(path.join(chart, 'Chart.yaml'), 'old');
    synthesize({ blueprint: blueprintOf(inputs()), outdir });
    expect([...filesBelow(outdir)]).toEqual([...synth().files]);
  });
});
