import { terraformOf } from '../../blueprint/terraform';
import { cliConfiguration, dependencyLock } from '../../stacks/terraform-files';
import { inputs, synth } from './synthesized';

describe('the dependency lock file of a stack', () => {
  it('names every provider of the lock with its version and all hashes, sorted', () => {
    const { lock } = inputs();
    const text = dependencyLock(terraformOf(inputs()));
    for (const { source, version, packages } of lock.providers) {
      expect(text).toContain(`provider "${source}" {\n  version     = "${version}"\n  constraints = "${version}"\n`);
      for (const { h1, sha256 } of packages) {
        expect(text).toContain(`    "${h1}",\n`);
        expect(text).toContain(`    "zh:${sha256}",\n`);
      }
    }
    expect(text.match(/^provider /gm)).toHaveLength(lock.providers.length);
  });

  it('stands beside every stack, so that init asks no registry', () => {
    const { files } = synth();
    const { stacks } = JSON.parse(files.get('manifest.json') ?? '') as { stacks: Record<string, unknown> };
    const names = Object.keys(stacks);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names)
      expect(files.get(`stacks/${name}/.terraform.lock.hcl`)).toBe(dependencyLock(terraformOf(inputs())));
  });
});

describe('the CLI configuration', () => {
  it('takes providers from the mirror of the enclave’s registry alone, and asks nobody for news', () => {
    expect(synth().files.get('terraform.tfrc')).toBe(
      'disable_checkpoint = true\n\nprovider_installation {\n  network_mirror {\n' +
        '    url = "https://registry.nordlicht.internal:5443/terraform/"\n  }\n}\n',
    );
  });

  it.each([
    [{ mirror: 'https://mirror.internal/tf/' }, 'network_mirror {\n    url = "https://mirror.internal/tf/"\n'],
    [{ directory: '/srv/providers' }, 'filesystem_mirror {\n    path = "/srv/providers"\n'],
  ])('takes them from %j where the enclave says so', (providers, block) => {
    const given = inputs();
    const text = cliConfiguration(terraformOf({ ...given, enclave: { ...given.enclave, providers } }));
    expect(text).toContain(block);
    expect(text.match(/_mirror/g)).toHaveLength(1);
    expect(text).not.toContain('direct');
  });
});
