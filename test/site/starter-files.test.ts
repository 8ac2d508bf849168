import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests/requests';
import { starterFiles } from '../../site/starter-files';

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
