/** Terraform: `init` installs providers from the mirror over TLS with a private authority, and checks what it gets. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TERRAFORM_PROVIDERS } from '../../../catalog/terraform-providers.js';
import type { Lock } from '../../../site/generated/lock.js';
import { lockedProviders, providersFrom } from '../../../blueprint/terraform.js';
import { cliConfiguration, dependencyLock } from '../../../stacks/terraform-files.js';
import { type Ran, run, tail } from '../../harness/processes.mjs';
import { expect, expectMatch, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { type Journey, startMirror } from '../journey/journey.mjs';
import { startTamperingProxy, type Tamper } from './tampering-proxy.mjs';

const configuration = (): string => {
  const providers = TERRAFORM_PROVIDERS.map(
    ({ source, version }) =>
      `    ${source.split('/').pop() ?? ''} = { source = "${source.replace('registry.terraform.io/', '')}", version = "${version}" }\n`,
  );
  return `terraform {\n  required_providers {\n${providers.join('')}  }\n}\n`;
};

/** `terraform init` in a fresh folder (or a given one), with the mirror as the only source. */
async function init(
  url: string,
  authority: string | undefined,
  folder?: string,
): Promise<Ran & { readonly folder: string }> {
  const where = folder ?? (await makeFolder('terraform'));
  await writeFile(path.join(where, 'main.tf'), configuration());
  const rc = path.join(where, 'terraform.rc');
  await writeFile(rc, `provider_installation {\n  network_mirror {\n    url = "${url}/terraform/"\n  }\n}\n`);
  const env = { TF_CLI_CONFIG_FILE: rc, TF_IN_AUTOMATION: '1', SSL_CERT_DIR: undefined, SSL_CERT_FILE: authority };
  return { ...(await run('terraform', ['init', '-no-color', '-input=false'], { cwd: where, env })), folder: where };
}

const flat = (ran: Ran): string => `${ran.stdout}\n${ran.stderr}`.replace(/[\s│]+/g, ' ');

const ZEROS = Buffer.alloc(32).toString('base64');

const TAMPERINGS: readonly { readonly name: string; readonly tamper: Tamper; readonly says: RegExp }[] = [
  {
    name: 'a wrong h1 hash in the mirror answer makes it fail',
    tamper: (url, body) =>
      url.endsWith('.json')
        ? Buffer.from(
            body
              .toString('utf8')
              .replace(/h1:[A-Za-z0-9+/=]{44}/g, `h1:${ZEROS}`)
              .replace(/zh:[0-9a-f]{64}/g, `zh:${'0'.repeat(64)}`),
          )
        : body,
    says: /checksum|doesn't match|does not match/,
  },
  {
    name: 'a package with one changed byte makes it fail',
    tamper: (url, body) => {
      if (!url.endsWith('.zip')) return body;
      const changed = Buffer.from(body);
      const middle = Math.floor(changed.length / 2);
      changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
      return changed;
    },
    says: /checksum|doesn't match|does not match/,
  },
];

export async function terraform(suite: Suite, { far, store, certificates, lock }: Journey): Promise<void> {
  const version = await run('terraform', ['version', '-json'], { env: { TF_CLI_CONFIG_FILE: '/dev/null' } }).catch(
    () => undefined,
  );
  if (version === undefined) {
    suite.skip('terraform init from the mirror', 'SKIPPED: no terraform binary on this machine');
    return;
  }
  const { terraform_version: release } = JSON.parse(version.stdout) as { terraform_version: string };
  const tls = await startMirror(far, store, certificates);
  let good = '';
  try {
    await suite.check('terraform init installs the providers and reports a verified checksum', async () => {
      const ran = await init(tls.url, certificates.authority);
      good = ran.folder;
      expect(ran.code === 0, `terraform init ended with status ${ran.code}:\n${tail(ran)}`);
      for (const { source, version: wanted } of TERRAFORM_PROVIDERS)
        expectMatch(
          ran.stdout,
          new RegExp(`Installed ${source.replace('registry.terraform.io/', '')} v${wanted} \\(verified checksum\\)`),
          'output',
        );
      return `terraform ${release}, ${TERRAFORM_PROVIDERS.length} providers`;
    });
    await suite.check("terraform's own h1 hashes are those of the lock", async () => {
      const { providers } = JSON.parse(await readFile(lock, 'utf8')) as Lock;
      const written = await readFile(path.join(good, '.terraform.lock.hcl'), 'utf8');
      for (const { source, packages } of providers) {
        const { h1 } = packages.find(({ platform }) => platform === 'linux/amd64') ?? {};
        expect(
          h1 !== undefined && written.includes(h1),
          `${source}: the dependency lock file lacks ${h1 ?? 'h1'}:\n${written}`,
        );
      }
      return providers.map(({ source }) => source.split('/').pop()).join(', ');
    });
    await suite.check('with the files of a synthesis, init verifies every package and rewrites nothing', async () => {
      const folder = await makeFolder('terraform');
      const locked = JSON.parse(await readFile(lock, 'utf8')) as Lock;
      await writeFile(path.join(folder, '.terraform.lock.hcl'), dependencyLock({ providers: lockedProviders(locked) }));
      await writeFile(path.join(folder, 'main.tf'), configuration());
      const rc = path.join(folder, 'terraform.tfrc');
      await writeFile(rc, cliConfiguration({ providersFrom: providersFrom({ registry: new URL(tls.url).host }) }));
      const ran = await run('terraform', ['init', '-no-color', '-input=false', '-lockfile=readonly'], {
        cwd: folder,
        env: {
          TF_CLI_CONFIG_FILE: rc,
          TF_IN_AUTOMATION: '1',
          SSL_CERT_DIR: undefined,
          SSL_CERT_FILE: certificates.authority,
        },
      });
      expect(ran.code === 0, `terraform init ended with status ${ran.code}:\n${tail(ran)}`);
      expect(
        (await readFile(path.join(folder, '.terraform.lock.hcl'), 'utf8')) ===
          dependencyLock({ providers: lockedProviders(locked) }),
        'rewritten',
      );
      return `${locked.providers.length} providers, -lockfile=readonly`;
    });
    await suite.check('without the private authority it fails', async () => {
      const ran = await init(tls.url, undefined);
      expect(ran.code !== 0, 'terraform trusted an unknown authority');
      expectMatch(flat(ran), /x509|certificate/, 'output');
      return `status ${ran.code}`;
    });
    await suite.check('a wrong hash in .terraform.lock.hcl makes it fail', async () => {
      const folder = await makeFolder('terraform');
      const written = await readFile(path.join(good, '.terraform.lock.hcl'), 'utf8');
      await writeFile(
        path.join(folder, '.terraform.lock.hcl'),
        written.replace(/(h1|zh):[A-Za-z0-9+/=]+/g, (found) =>
          found.startsWith('h1') ? `h1:${ZEROS}` : `zh:${'0'.repeat(64)}`,
        ),
      );
      const ran = await init(tls.url, certificates.authority, folder);
      expect(ran.code !== 0, 'terraform installed a provider that its lock file forbids');
      expectMatch(flat(ran), /doesn't match any of the checksums|checksum/, 'output');
      return `status ${ran.code}`;
    });
    const plain = await startMirror(far, store);
    for (const { name, tamper, says } of TAMPERINGS) {
      await suite.check(name, async () => {
        const proxy = await startTamperingProxy(plain.url, certificates, tamper);
        try {
          const ran = await init(proxy.url, certificates.authority);
          expect(ran.code !== 0, `terraform init accepted it:\n${tail(ran)}`);
          expectMatch(flat(ran), says, 'output');
          return `status ${ran.code}`;
        } finally {
          await proxy.stop();
        }
      });
    }
    await plain.stop();
  } finally {
    await tls.stop();
  }
}
