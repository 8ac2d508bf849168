/** docs/tutorial.md, typed block by block as far as it goes without a cluster and without ports of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blocksOf, filledIn, says, tutorial, WORDS } from '../tutorial/page';
import { newUser } from '../tutorial/new-user';
import { Shell } from '../tutorial/shell';
import { skipped, type Step, stepLine, walk, wayLine } from '../tutorial/walk';

const BLOCKS = tutorial();

describe('docs/tutorial.md', () => {
  it('has blocks that a shell can read and files, with no word that the tests do not know', () => {
    expect(BLOCKS.length).toBeGreaterThan(20);
    for (const { line, language, words } of BLOCKS) {
      expect([line, language]).toEqual([line, expect.stringMatching(/^(?:sh|yaml)$/)]);
      if (language === 'sh')
        expect([line, words.filter((word) => !WORDS.some((one) => one === word))]).toEqual([line, []]);
      else expect([line, words]).toEqual([line, [expect.stringMatching(/\.yaml$/)]]);
    }
  });

  it('leads from an empty folder to an audited plan, with the internet away once the far side begins', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'airlock-tutorial-'));
    const { shell, values, goFar, end } = await newUser(BLOCKS, home);
    const said: string[] = [];
    let steps: Step[];
    try {
      steps = await walk(BLOCKS, {
        shell,
        values,
        otherwise: {
          checkout: skipped('done before any test'),
          cluster: skipped('needs a cluster'),
          stays: skipped('listens on a port of its own: npm run test:tutorial'),
          terraform: skipped('asks the mirror under its own name: npm run test:tutorial'),
          call: skipped('needs the gateway: npm run test:tutorial'),
          far: goFar,
        },
        tell: (step) => {
          said.push(step.said);
          process.stderr.write(`${stepLine(step)}\n`);
        },
      });
    } finally {
      await end();
      rmSync(home, { recursive: true, force: true });
    }
    process.stderr.write(`${wayLine(steps)}\n`);
    const all = said.join('\n');
    // What the reader is promised on the way.
    expect(all).toMatch(/site\.yaml:\d+:\d+ .*placeholder/);
    expect(all).toMatch(/sealed by [0-9a-f]{16}, [0-9a-f]{16}/);
    expect(all).toMatch(/^imported: first /m);
    expect(all).toMatch(/^PASS: \d+ PROVEN/m);
    expect(all).toContain('airlock-gateway/gateway-master-key');
    expect(steps.filter(({ outcome }) => outcome === 'refused')).toHaveLength(1);
    expect(steps.filter(({ outcome }) => outcome === 'typed').length).toBeGreaterThan(12);
  }, 600_000);
});

describe('the reading of the page', () => {
  it('takes fences with their words, and leaves no placeholder that it cannot fill', () => {
    const [sh, yaml] = blocksOf('text\n\n```sh cluster stays\na\nb\n```\n\n```yaml x.yaml\nk: <EDIT it>\n```\n');
    expect(sh).toEqual({ line: 3, language: 'sh', words: ['cluster', 'stays'], code: 'a\nb\n' });
    expect(says(sh!, 'cluster') && !says(sh!, 'call')).toBe(true);
    expect(filledIn(yaml!.code, { k: 'v' })).toBe('k: v\n');
    expect(() => filledIn(yaml!.code, {})).toThrow('nobody has said what to write as k');
  });

  it('keeps folder and variables from block to block, and notices a command that fails', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'airlock-shell-test-'));
    const shell = new Shell(folder, { PATH: process.env['PATH'] ?? '' });
    try {
      expect((await shell.type('mkdir a b; cd a\nWORD="two words"')).code).toBe(0);
      expect(await shell.type('cd ../b; echo "$WORD"; false; echo never')).toMatchObject({
        code: 1,
        stdout: 'two words\n',
      });
      expect(shell.folder).toBe(path.join(folder, 'a'));
      shell.remove(['WORD']);
      expect((await shell.type('echo "$WORD"')).code).not.toBe(0);
    } finally {
      shell.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
