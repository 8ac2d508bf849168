import { isLicenseFile, spdxLicense } from '../../catalog/licenses';

it.each([
  ['apache-2.0', undefined, 'Apache-2.0'],
  ['MIT', undefined, 'MIT'],
  ['gpl-3.0', undefined, 'GPL-3.0-only'],
  ['llama3.1', undefined, 'LicenseRef-llama3.1'],
  ['gemma', 'ignored', 'LicenseRef-gemma'],
  ['other', 'Own Terms (v2)', 'LicenseRef-Own-Terms-v2-'],
  ['other', undefined, 'LicenseRef-other'],
  ['openrail++', undefined, 'LicenseRef-openrail-'],
  ['unknown', undefined, 'NOASSERTION'],
  ['constructor', undefined, 'LicenseRef-constructor'],
  ['', undefined, 'NOASSERTION'],
  [undefined, 'name', 'NOASSERTION'],
])('the Hub license %s (%s) is %s in SPDX', (id, name, spdx) => {
  expect(spdxLicense(id, name)).toBe(spdx);
});

it.each([
  ['LICENSE', true],
  ['licence.md', true],
  ['sub/NOTICE', true],
  ['USE_POLICY.md', true],
  ['USAGE_POLICY', true],
  ['my-license.txt', false],
  ['LICENSE/readme.md', false],
  ['policy.md', false],
])('%s holds license, notice or policy text: %s', (path, holds) => {
  expect(isLicenseFile(path)).toBe(holds);
});
