import type { AirlockError } from '../../../core/errors';
import { parseEnclave } from '../../../site/load-enclave';
import { starterFiles } from '../../../site/starter-files';
import { edited } from '../starter';

const ENCLAVE = edited(starterFiles('nordlicht')['enclave.yaml']);
const [A, B] = ['a'.repeat(16), 'b'.repeat(16)];
const CLUSTER = `cluster: { uid: 5a6e1f0c-6c3b-4f2e-9d44-0e2b8f6b7c11, certificateAuthority: "sha256:${'0'.repeat(64)}" }`;
const REVIEWERS = `reviewers: [{ name: Ada, key: ${A} }, { name: Ben, key: ${B} }]`;

const withDeployment = (approvals: string, more = ''): ReturnType<typeof parseEnclave> =>
  parseEnclave(`${ENCLAVE}\ndeployment:\n  ${CLUSTER}\n  approvals: { ${approvals} }\n${more}`, 'enclave.yaml');

it('takes two reviewers of whom both must have signed', () => {
  expect(withDeployment(`threshold: 2, ${REVIEWERS}`).deployment?.approvals.threshold).toBe(2);
});

it.each([
  [
    'more signatures than reviewers',
    `threshold: 3, ${REVIEWERS}`,
    '',
    'deployment.approvals.threshold',
    /3 signatures are demanded of 2 reviewers/,
  ],
  [
    'a key twice',
    `threshold: 1, reviewers: [{ name: Ada, key: ${A} }, { name: Ben, key: ${A} }]`,
    '',
    'deployment.approvals.reviewers[1].key',
    /stands there already/,
  ],
  [
    'a name twice',
    `threshold: 1, reviewers: [{ name: Ada, key: ${A} }, { name: Ada, key: ${B} }]`,
    '',
    'deployment.approvals.reviewers[1].name',
    /stands there already/,
  ],
  [
    'a reviewer who seals bundles',
    `threshold: 1, ${REVIEWERS}, bundleSigners: [${B}]`,
    '',
    'deployment.approvals.reviewers[1].key',
    /Ben seals bundles as well/,
  ],
  [
    'one key for emergencies twice',
    `threshold: 1, ${REVIEWERS}`,
    `  emergency: [{ name: Ada, key: ${A} }, { name: Eve, key: ${A} }]`,
    'deployment.emergency[1].key',
    /stands there already/,
  ],
  [
    'one program twice',
    `threshold: 1, ${REVIEWERS}`,
    `  credentialPlugins: [{ command: /a, sha256: ${'a'.repeat(64)} }, { command: /a, sha256: ${'b'.repeat(64)} }]`,
    'deployment.credentialPlugins[1].command',
    /stands there already/,
  ],
])('refuses %s', (_, approvals, more, path, message) => {
  let faults: AirlockError['faults'] = [];
  try {
    withDeployment(approvals, more);
  } catch (error) {
    faults = (error as AirlockError).faults;
  }
  expect(faults).toEqual([expect.objectContaining({ path, message: expect.stringMatching(message) as string })]);
});
