import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withFolder } from '../stacks/synthesized';
import { compiled, documentedSamples, type Sample, samplesOf, typeFaults } from './samples';

const samples = documentedSamples();
const nameOf = ({ page, line }: Sample): string => `${page}:${line}`;

/** Runs a sample as a reader would, and returns the stacks that it wrote, by name. */
function synthesized(sample: Sample): Map<string, { readonly resource?: object }> {
  return withFolder((folder) => {
    process.env['CDKTF_OUTDIR'] = folder; // where an App without options writes
    try {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- running the sample is the test
      const run = new Function('require', 'exports', compiled(sample)) as (
        require: NodeJS.Require,
        exports: object,
      ) => void;
      run(require, {});
    } finally {
      delete process.env['CDKTF_OUTDIR'];
    }
    const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return new Map(
      Object.entries(manifest.stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        JSON.parse(readFileSync(path.join(folder, synthesizedStackPath), 'utf8')) as { readonly resource?: object },
      ]),
    );
  });
}

describe('TypeScript samples of the documentation', () => {
  // A sample that fails here is no whole program, or shows an interface of yesterday; docs/library.md has the form.
  it('type-check, each as a program of its own', () => {
    expect(samples.length).toBeGreaterThan(5);
    expect(typeFaults(samples)).toEqual([]);
  }, 60_000);

  it.each(samples.map((sample) => [nameOf(sample), sample] as const))('%s synthesizes resources', (_name, sample) => {
    const stacks = [...synthesized(sample).values()];
    expect(stacks.length).toBeGreaterThan(0);
    for (const { resource } of stacks) expect(Object.keys(resource ?? {})).not.toEqual([]);
  });
});

describe('the check of samples', () => {
  const page = [
    '# Page',
    '',
    '```ts',
    "import { App } from 'cdktf';",
    'new App(4);',
    'missing();',
    '```',
    '',
    '```sh',
    'x',
    '```',
  ];
  const planted = samplesOf('docs/planted.md', page.join('\n'));

  it('names page and line of a wrong argument and of a free variable', () => {
    expect(planted).toHaveLength(1);
    expect(typeFaults(planted)).toEqual([
      expect.stringMatching(/^docs\/planted\.md:5 Type '4' has no properties/),
      "docs/planted.md:6 Cannot find name 'missing'.",
    ]);
  }, 60_000);
});
