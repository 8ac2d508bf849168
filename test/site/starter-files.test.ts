import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests/requests';
import { starterEnclave, starterFiles } from '../../site/starter-files';

it('what init writes passes every check as it stands', () => {
  const files = starterFiles('alpha');
  const site = parseSite(files['site.yaml'], 'site.yaml');
  expect(() => checkEnclave(parseEnclave(files['enclave.yaml'], 'enclave.yaml'), site)).not.toThrow();
  expect(lockRequests(site).images.map((image) => image.name)).toEqual([
    'engine-vllm-0.27.1-nvidia',
    'kit-base',
    'toolbox',
  ]);
});

it('the gateway, traces and callers that it comments out pass as they stand, once they have a hash', () => {
  const { 'site.yaml': site, 'enclave.yaml': enclave } = starterFiles('alpha');
  const uncomment = (text: string): string =>
    text.replace(/^# (?=gateway:|workflows:|traces:|callers:| {2}(?!- \{ name: terraform)\S)/gm, '');
  const parsed = parseSite(uncomment(site), 'site.yaml');
  expect(parsed).toMatchObject({ gateway: { software: 'agentgateway' }, workflows: [{ name: 'assistant' }] });
  const named = uncomment(enclave).replace('<64 hexadecimal digits>', 'a'.repeat(64));
  expect(() => checkEnclave(parseEnclave(named, 'enclave.yaml'), parsed)).not.toThrow();
});

it('the enclave for a site that is there names that site and each of its pools', () => {
  const site = parseSite(
    starterFiles('beta')['site.yaml'].replace(
      '{ name: edge, accelerator: none }',
      '{ name: attic, accelerator: none }',
    ),
    'site.yaml',
  );
  const enclave = parseEnclave(starterEnclave(site), 'enclave.yaml');
  expect(() => checkEnclave(enclave, site)).not.toThrow();
  expect([enclave.site, Object.keys(enclave.pools)]).toEqual(['beta', ['h100', 'attic']]);
});
