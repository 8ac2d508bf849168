import fc from 'fast-check';
import { PASS_ENVIRONMENT, programEnvironment, runProgram } from '../../core/programs';

/** A program that every machine with Node has. */
const node = (code: string, options: Partial<Parameters<typeof runProgram>[2]> = {}): ReturnType<typeof runProgram> =>
  runProgram(process.execPath, ['-e', code], { sees: [], ...options });

describe('the environment of a program', () => {
  it('holds no variable but the listed ones, whatever this process has', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,15}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), fc.array(name), (given, sees) => {
        const usual = Object.keys(programEnvironment([], {}, given));
        const seen = programEnvironment(sees, {}, given);
        for (const one of Object.keys(given)) {
          const passed = (given[PASS_ENVIRONMENT] ?? '').split(',').includes(one);
          expect(Object.hasOwn(seen, one)).toBe(sees.includes(one) || usual.includes(one) || passed);
        }
        expect(Object.keys(seen).every((one) => Object.hasOwn(given, one))).toBe(true);
      }),
    );
  });

  it.each(['NODE_OPTIONS', 'LD_PRELOAD', 'AIRLOCK_KEY_PASSPHRASE', 'HF_TOKEN', 'TF_CLI_ARGS', 'AWS_SECRET_ACCESS_KEY'])(
    'does not hold %s',
    (name) => {
      expect(programEnvironment(['TF_VAR_*'], {}, { [name]: 'x', PATH: '/bin' })).toEqual({ PATH: '/bin' });
    },
  );

  it('takes a name with a star for all that begin so, and what is set over what is seen', () => {
    const of = { PGHOST: 'a', PGPORT: '1', P: 'b' };
    expect(programEnvironment(['PG*'], { PGPORT: '2' }, of)).toEqual({ PGHOST: 'a', PGPORT: '2' });
  });

  it('holds the listed variables alone where it is told so, not those of every program nor those that a person lists', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,15}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), fc.array(name), (given, sees) => {
        const of = { ...given, PATH: '/bin', HTTPS_PROXY: 'x', [PASS_ENVIRONMENT]: Object.keys(given).join() };
        const seen = Object.keys(programEnvironment(sees, {}, of, true));
        expect(seen.sort()).toEqual(
          Object.keys(of)
            .filter((one) => sees.includes(one))
            .sort(),
        );
      }),
    );
  });

  it('takes further names from a variable, and never a star for all', () => {
    const of = { [PASS_ENVIRONMENT]: 'AWS_PROFILE, X,*,', AWS_PROFILE: 'p', X: 'x', Y: 'y' };
    expect(programEnvironment([], {}, of)).toEqual({ AWS_PROFILE: 'p', X: 'x' });
  });
});

describe('a program', () => {
  it('gets its arguments as they are: there is no shell', async () => {
    const words = ['$HOME', '`id`', '; ls', '"', "'", '*', '|', ' a  b ', ''];
    const { stdout } = await runProgram(
      process.execPath,
      ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words],
      { sees: [] },
    );
    expect(JSON.parse(stdout.toString())).toEqual(words);
  });

  it('sees what is listed and set, and nothing else', async () => {
    process.env['AIRLOCK_TEST_HIDDEN'] = 'x';
    try {
      const { stdout } = await node('console.log(JSON.stringify(process.env))', { env: { SET: '1' } });
      const seen = JSON.parse(stdout.toString()) as Record<string, string>;
      expect(seen).toMatchObject({ SET: '1' });
      expect(seen).not.toHaveProperty('AIRLOCK_TEST_HIDDEN');
    } finally {
      delete process.env['AIRLOCK_TEST_HIDDEN'];
    }
  });

  it('is judged by its exit code where it ends before it has read its input', async () => {
    const { code } = await node('process.exit(7)', { input: 'x'.repeat(1_000_000) });
    expect(code).toBe(7);
  });

  it('is told to end when its time is over', async () => {
    const ran = await node('setInterval(() => {}, 1000)', { timeoutMs: 200 });
    expect([ran.code, ran.signal]).toEqual([undefined, 'SIGTERM']);
  });

  it('is heard as it speaks; of too much, the bytes are counted', async () => {
    const heard: string[] = [];
    const { stdout, stdoutBytes, stderr } = await node('console.log("x".repeat(99)); console.error("e")', {
      onLine: (line) => heard.push(line),
      keptBytes: 10,
    });
    expect([heard, stdout.length, stdoutBytes, stderr]).toEqual([['x'.repeat(99)], 0, 100, 'e\n']);
  });

  it('that is not there is an error of Node', async () => {
    await expect(runProgram('/no/such/program', [], { sees: [] })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
