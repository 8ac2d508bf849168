import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { packageHash } from '../../../offline-bundle/terraform/package-hash';
import { dependencyLock, Draft, expectProven, leftText } from '../plans/draft';

const RULE = 'AIR-LOCK-2';
const FILE = 'stacks/serving/.terraform.lock.hcl';

const failed = (draft: Draft): string[] =>
  draft
    .findings(RULE)
    .filter(({ verdict }) => verdict !== 'PROVEN')
    .map(({ verdict, check, subject }) => `${verdict}[${check ?? ''}] ${subject}`);

const withLock = (change: (text: string) => string): Draft => {
  const draft = new Draft();
  draft.left.set(FILE, leftText(change(dependencyLock(draft.lock))));
  return draft;
};

describe('the hashes that Terraform demands', () => {
  it('may be those of the lock, or some of them', () => {
    expectProven(
      withLock((text) => text),
      RULE,
    );
    expectProven(
      withLock((text) => text.replace(/ {4}"zh:[^\n]*\n/, '')),
      RULE,
    );
  });

  it.each<[string, (text: string) => string, string]>([
    ['another hash', (text) => text.replace(/"h1:...../, '"h1:BBBBB'), 'VIOLATED'],
    ['one more hash', (text) => text.replace('  hashes = [\n', '  hashes = [\n    "h1:AAAA",\n'), 'VIOLATED'],
    ['another version', (text) => text.replace(/version {5}= "[^"]*"/, 'version     = "9.9.9"'), 'VIOLATED'],
    ['no hashes', (text) => text.replace(/ {2}hashes = \[[^\]]*\]\n/, ''), 'VIOLATED'],
    ['an empty list of hashes', (text) => text.replace(/hashes = \[[^\]]*\]/, 'hashes = [\n  ]'), 'VIOLATED'],
    [
      'a provider that is not locked',
      (text) => `${text}\nprovider "registry.terraform.io/x/y" {\n  version = "1.0.0"\n}\n`,
      'VIOLATED',
    ],
    ['one provider less', (text) => text.replace(/provider [^}]*\}\n/, ''), 'VIOLATED'],
    ['nothing', () => '', 'VIOLATED'],
    ['a block of another form', (text) => `${text}\nlocals {\n}\n`, 'UNPROVEN'],
    ['a hash on the line of another', (text) => text.replace('",\n', '", "h1:AAAA",\n'), 'UNPROVEN'],
    ['an expression', (text) => text.replace('hashes = [', 'hashes = concat(["h1:AAAA"], ['), 'UNPROVEN'],
    ['a provider twice', (text) => text + text.slice(text.indexOf('provider')), 'UNPROVEN'],
    ['a block that is not closed', (text) => text.replace(/\}\s*$/, ''), 'UNPROVEN'],
    ['other line breaks', (text) => text.replace(/\n/g, '\r'), 'UNPROVEN'],
  ])('may not be %s', (_, change, verdict) => {
    const found = failed(withLock(change));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((line) => line.startsWith(`${verdict}[`) && line.includes('.terraform.lock.hcl'))).toBe(true);
  });

  it('are unproven where the file is a link or is not there', () => {
    const draft = new Draft();
    draft.left.set(FILE, 'link');
    expect(failed(draft)).toEqual(['UNPROVEN[provider-hash] stack serving .terraform.lock.hcl']);
  });

  it('are those of providers under their own names', () => {
    const draft = new Draft().put('/terraform/required_providers/other', {
      source: 'hashicorp/helm',
      version: '3.1.1',
    });
    expect(failed(draft)).toEqual(['VIOLATED[provider-name] stack serving provider other']);
  });
});

describe('a package that `terraform init` unpacked', () => {
  const CONTENTS = {
    'terraform-provider-helm_v3.1.1': 'program',
    'LICENSE.txt': 'terms',
    'docs/Z.md': 'z',
    'docs/a.md': 'a',
  };
  const FOLDER = 'stacks/serving/.terraform/providers/registry.terraform.io/hashicorp/helm/3.1.1/linux_amd64';
  let draft: Draft;

  beforeEach(async () => {
    // The hash of the zip comes from code that shares nothing with the audit's.
    const folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-package-'));
    const zip = new ZipFile();
    for (const [name, text] of Object.entries(CONTENTS)) zip.addBuffer(Buffer.from(text), name);
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(path.join(folder, 'p.zip')));
    draft = new Draft();
    const helm = draft.lock.providers.find(({ source }) => source.endsWith('/helm'))!;
    helm.packages[0]!.h1 = await packageHash(path.join(folder, 'p.zip'));
    await rm(folder, { recursive: true });
    expect(helm.packages[0]!.platform.replace('/', '_')).toBe('linux_amd64');
    for (const [name, text] of Object.entries(CONTENTS)) draft.left.set(`${FOLDER}/${name}`, leftText(text));
  });

  it('may be the package of the lock', () => expectProven(draft, RULE));

  it.each<[string, (draft: Draft) => unknown]>([
    ['with another program', (plan) => plan.left.set(`${FOLDER}/terraform-provider-helm_v3.1.1`, leftText('evil'))],
    ['with a further file', (plan) => plan.left.set(`${FOLDER}/more`, leftText('x'))],
    ['with a file less', (plan) => plan.left.delete(`${FOLDER}/docs/a.md`)],
    ['with a link', (plan) => plan.left.set(`${FOLDER}/docs/a.md`, 'link')],
    ['of another version', (plan) => plan.left.set(`${FOLDER.replace('3.1.1', '3.1.2')}/x`, leftText('x'))],
    ['of another platform', (plan) => plan.left.set(`${FOLDER.replace('amd64', 'arm')}/x`, leftText('x'))],
    ['of another provider', (plan) => plan.left.set(`${FOLDER.replace('hashicorp', 'evil')}/x`, leftText('x'))],
  ])('may be none %s', (_, change) => {
    change(draft);
    expect(failed(draft)).toEqual([expect.stringContaining('[provider-package] stacks/serving/.terraform/providers/')]);
  });

  it('is unproven as a link to a folder', () => {
    const linked = new Draft();
    linked.left.set(FOLDER, 'link');
    expect(linked.findings('AIR-PLAN-1')).toContainEqual(
      expect.objectContaining({ verdict: 'UNPROVEN', check: 'file', subject: FOLDER }),
    );
  });
});
