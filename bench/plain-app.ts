/**
 * The baseline of `npm run bench:synth`: a CDKTF app that writes the resources of synthesized stacks again, with nothing
 * of the kit: `plain-app.ts <cdktf.out to read> <folder to write>`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { App, TerraformResource, TerraformStack } from 'cdktf';
import type { Plan } from '../tools/examples';

const [from = '', outdir = ''] = process.argv.slice(2);
const stacks = path.join(from, 'stacks');
const app = new App({ outdir, stackTraces: false });
for (const name of readdirSync(stacks)) {
  const { resource: resources = {} } = JSON.parse(readFileSync(path.join(stacks, name, 'cdk.tf.json'), 'utf8')) as Plan;
  const stack = new TerraformStack(app, name);
  for (const [type, blocks] of Object.entries(resources)) {
    for (const [id, block] of Object.entries(blocks)) {
      const resource = new TerraformResource(stack, `${type}-${id}`, { terraformResourceType: type });
      for (const [key, value] of Object.entries(block)) if (key !== '//') resource.addOverride(key, value);
    }
  }
}
app.synth();
