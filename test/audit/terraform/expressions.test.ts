import fc from 'fast-check';
import { isPlain } from '../../../audit/terraform/expressions';
import { Draft, draftPointer } from '../plans/draft';

describe('an expression', () => {
  it.each([
    ...[
      'var.kubeconfig',
      'var.kube-context',
      'local.a.b[0]',
      'local.a["b"]',
      'kubernetes_namespace_v1.x.metadata[0].name',
    ],
    ...[' kubernetes_namespace_v1.x.metadata.0.name ', 'path.module', 'filesha256("chart.tgz")', 'local.sum == "abc"'],
  ])('is plain: %s', (expression) => expect(isPlain(expression)).toBe(true));

  it.each([
    ...['file("/root/.ssh/id_rsa")', 'templatefile("x", {})', 'fileset(".", "*")', 'filebase64("x")', 'timestamp()'],
    ...['filesha256(var.x)', 'filesha256("${file("x")}")', 'local.a == file("x")', 'local.a == "${file("x")}"'],
    ...['path.cwd', 'path.root', 'data.http.x.body', 'module.x.y', 'ephemeral.x.y', 'terraform.workspace'],
    ...[
      ' if true ',
      'var.a ? "b" : "c"',
      '[for a in var.b : a]',
      'var.a[*].b',
      '',
      'x',
      '"text"',
      'var.a == "b" || true',
    ],
  ])('is more: %s', (expression) => expect(isPlain(expression)).toBe(false));

  it('is never plain with a call in it, but for the digest of a named file', () => {
    const name = fc.stringMatching(/^[a-z_]{1,12}$/).filter((text) => text !== 'filesha256');
    fc.assert(fc.property(fc.string(), name, (inside, call) => !isPlain(`${call}(${inside})`)));
  });

  it.each([
    '/locals/x',
    '/output/x/value',
    '/variable/x/default',
    '/resource/kubernetes_config_map_v1/x/data/a',
    '/terraform/required_version',
    '/resource/kubernetes_config_map_v1/x/data/~1~1',
  ])('that reads a file is unproven at %s', (place) => {
    const draft = new Draft();
    if (place.startsWith('/resource'))
      draft.put('/resource/kubernetes_config_map_v1/x/metadata', { name: 'x', namespace: 'airlock-serving' });
    draft.put(place, '${file("/etc/hostname")}');
    const findings = draft.findings('AIR-PLAN-1').filter(({ verdict }) => verdict === 'UNPROVEN');
    expect(findings.map(draftPointer)).toEqual([place]);
    expect(findings[0]?.message).not.toContain('/etc/hostname');
  });
});

describe('a declaration', () => {
  it.each([
    '/variable/cluster_name/validation',
    '/variable/cluster_name/x',
    '/output/namespace/precondition',
    '/output/namespace/x',
  ])('is unproven with %s', (place) => {
    const findings = new Draft().put(place, { condition: true }).findings('AIR-PLAN-1');
    expect(findings).toContainEqual(expect.objectContaining({ verdict: 'UNPROVEN', check: 'argument' }));
  });

  it.each(['moved', 'removed', 'import', 'check', 'ephemeral', 'action', 'anything'])(
    'is unproven as a block "%s"',
    (block) => {
      const findings = new Draft().put(`/${block}`, [{ x: 'y' }]).findings('AIR-PLAN-1');
      expect(findings).toContainEqual(
        expect.objectContaining({ verdict: 'UNPROVEN', check: 'opaque', subject: block }),
      );
    },
  );
});
