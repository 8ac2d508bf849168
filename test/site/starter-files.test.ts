import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests';
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
