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

  it.each([
    ['sharing: exclusive', undefined, undefined],
    ['sharing: { mig: 3g.40gb }', undefined, undefined],
    ['sharing: { timeSlicing: 4 }', undefined, undefined],
    ['sharing: shared', 'pools[0].sharing', 'string "shared" is not allowed'],
    ['sharing: { mig: 1g.5gb }', 'pools[0].sharing', 'MIG profile "1g.5gb" does not exist for this accelerator'],
    ['sharing: { mig: half }', 'pools[0].sharing.mig', /does not match/],
    ['sharing: { timeslicing: 4 }', 'pools[0].sharing.timeslicing', 'unknown key "timeslicing"'],
    ['sharing: { timeSlicing: 1 }', 'pools[0].sharing.timeSlicing', /must be >= 2/],
    ['sharing: {}', 'pools[0].sharing', 'GPUs are either cut or shared in turns'],
    ['driverVersion: "58"', 'pools[0].driverVersion', /does not match/],
  ])('reads a GPU pool with %s', (field, path, message) => {
    const [fault] = faultsOf(changed('gpusPerNode: 8', `gpusPerNode: 8, ${field}`));
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault).toMatchObject({ line: 7, path, message: expect.stringMatching(message) as string });
  });

  it.each([
    ['driverVersion: "580"', 'a pool without accelerator has no driverVersion'],
    ['sharing: { timeSlicing: 2 }', 'there are no GPUs to share'],
  ])('refuses a CPU pool with %s', (field, message) => {
    expect(faultsOf(changed('accelerator: none', `accelerator: none, ${field}`))[0]).toMatchObject({
      line: 8,
      message,
    });
  });

  it.each([
    [
      'an operator whose images nobody knows',
      'rke2',
      '{ operator: { version: 1.2.3 } }',
      'gpu.operator.version',
      /are not known/,
    ],
    [
      'software for GPUs on OpenShift',
      'openshift',
      '{ devicePlugin: { version: 0.20.0 } }',
      'gpu',
      /certified GPU Operator/,
    ],
    ['both kinds', 'rke2', '{ devicePlugin: { version: 0.20.0 }, operator: { version: 26.7.0 } }', 'gpu', /./],
  ])('refuses %s', (_what, distribution, gpu, path, message) => {
    const text = SITE_YAML.replace('rke2', distribution).replace('pools:', `gpu: ${gpu}\npools:`);
    expect(faultsOf(text)[0]).toMatchObject({ path, message: expect.stringMatching(message) as string });
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
