/** Escaped values through the real Terraform, where it is installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { envelopeValues, escapeTemplate } from '../../../constructs/release/envelope-values';
import { witnessed } from '../../support/witness';

const itWithTerraform = witnessed('terraform', 'version');
const UNICODE = [
  'e\u0301',
  '\u212b',
  '\u1100\u1161',
  '🜲e\u0301',
  'a\u0323\u0307 \u0307',
  '"\u0301',
  '\u0958',
  '\u2028',
];

describe('an envelope’s values', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'airlock-terraform-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const terraform = (...args: string[]): string =>
    execFileSync('terraform', args, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: path.join(folder, 'tfrc') },
    });

  itWithTerraform('pass Terraform unchanged', () => {
    const unit = fc.constantFrom('$', '%', '{', '}', '${', '%{', '$${', 'a', '"', '\n', ' ', '~}', 'e\u0301');
    const texts = [...UNICODE, ...fc.sample(fc.string({ unit, maxLength: 12 }), { numRuns: 500, seed: 7 })];
    const values = texts.map((data) =>
      envelopeValues([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...{ data } }], 'r'),
    );
    const output = Object.fromEntries(values.map((value, at) => [`t${at}`, { value: escapeTemplate(value) }]));
    writeFileSync(path.join(folder, 'main.tf.json'), JSON.stringify({ output }));
    writeFileSync(path.join(folder, 'tfrc'), '');
    terraform('init', '-no-color');
    terraform('apply', '-auto-approve', '-no-color');
    const read = JSON.parse(terraform('output', '-json')) as Record<string, { value: string }>;
    expect(values.map((_, at) => read[`t${at}`]?.value)).toEqual(values);
  });
});
