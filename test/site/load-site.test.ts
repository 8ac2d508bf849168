import { AirlockError } from '../../core/errors';
import { parseSite } from '../../site/load-site';
import { REVISION, SITE_YAML, site } from './fixtures';

function faultsOf(text: string): AirlockError['faults'] {
  try {
    parseSite(text, 'site.yaml');
  } catch (error) {
    if (error instanceof AirlockError) return error.faults;
    throw error;
  }
  return [];
}

const changed = (from: string, to: string): string => {
  expect(SITE_YAML).toContain(from);
  return SITE_YAML.replace(from, to);
};

describe('parseSite', () => {
  it('accepts a site', () => {
    expect(site().servings[0]?.engine).toEqual({ name: 'vllm', version: '0.27.1' });
  });

  it('reports a misspelt key where it stands, with the likely word', () => {
    expect(faultsOf(changed('platforms:', 'platform:'))).toContainEqual({
      file: 'site.yaml',
      line: 4,
      column: 1,
      path: 'platform',
      message: 'unknown key "platform"',
      fix: 'did you mean "platforms"?',
    });
  });

  it('reports every fault of a file at once, in its order', () => {
    const text = SITE_YAML.replace('rke2', 'rke3')
      .replace('gpusPerNode: 8', 'gpusPerNode: "8"')
      .replace(REVISION, 'main');
    expect(faultsOf(text).map(({ line, path }) => ({ line, path }))).toEqual([
      { line: 5, path: 'cluster.distribution' },
      { line: 7, path: 'pools[0].gpusPerNode' },
      { line: 11, path: 'models[0].source.revision' },
    ]);
  });

  it('says what was expected of a wrong type', () => {
    const [fault] = faultsOf(changed('gpusPerNode: 8', 'gpusPerNode: many'));
    expect(fault).toMatchObject({ line: 7, column: 63, message: 'expected an integer, got string "many"' });
  });

  it('says that a commit of digits alone needs quotes', () => {
    expect(faultsOf(changed(REVISION, '1'.repeat(40)))[0]?.fix).toMatch(/put it in quotes/);
  });

  it('refuses a branch as revision and says why', () => {
    expect(faultsOf(changed(REVISION, 'main'))[0]?.fix).toMatch(/40 lower-case hexadecimal digits; a branch/);
  });

  it('finds names that stand for nothing, and suggests the near one', () => {
    expect(faultsOf(changed('model: tiny', 'model: tiney'))[0]).toMatchObject({
      path: 'servings[0].model',
      message: 'there is no model "tiney"',
      fix: 'did you mean "tiny"?',
    });
  });

  it('refuses a name that is used twice', () => {
    expect(faultsOf(changed('name: edge', 'name: h100'))[0]).toMatchObject({ path: 'pools[1].name', line: 8 });
  });

  it('refuses a malformed image reference', () => {
    expect(faultsOf(changed('docker.io/library/busybox:1.36', 'docker.io/Library/busybox'))[0]?.path).toBe(
      'images[0].reference',
    );
  });

  it('reports broken YAML with its place', () => {
    expect(faultsOf('apiVersion: [unclosed\nkind: Site\n')[0]).toMatchObject({ line: 2 });
  });

  it('refuses a key that stands twice', () => {
    expect(faultsOf(`${SITE_YAML}kind: Site\n`)[0]?.message).toMatch(/unique/i);
  });

  it('refuses aliases that multiply beyond reason', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcde'.split('').map((name, at) => {
        const before = `*${'abcd'[at]!}`;
        return `${name}: &${name} [${Array(9).fill(before).join(', ')}]`;
      }),
    ];
    expect(faultsOf(`${bomb.join('\n')}\n`)[0]).toMatchObject({ line: 1, fix: 'write the repeated parts out' });
  });
});
