import type { AirlockError, SourceFault } from '../../core/errors';
import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { placeholder } from '../../site/reading/placeholder';
import { lockRequests } from '../../site/requests/requests';
import { starterEnclave, type StarterFiles, starterFiles } from '../../site/starter-files';
import { edited, paragraphs, placeholderOffsets, uncommented } from './starter';

const STARTER = starterFiles('alpha');
const ALL = uncommented(STARTER, paragraphs(STARTER));
const PARSE = { 'site.yaml': parseSite, 'enclave.yaml': parseEnclave } as const;
const NAMES = ['site.yaml', 'enclave.yaml'] as const;

function faultsOf(file: keyof StarterFiles, text: string): readonly SourceFault[] {
  try {
    PARSE[file](text, file);
    return [];
  } catch (error) {
    return (error as AirlockError).faults;
  }
}

it('what init writes passes every check once its placeholders are edited', () => {
  const site = parseSite(edited(STARTER['site.yaml']), 'site.yaml');
  const enclave = parseEnclave(edited(STARTER['enclave.yaml']), 'enclave.yaml');
  expect(() => checkEnclave(enclave, site)).not.toThrow();
  expect(lockRequests(site).images.map((image) => image.name)).toEqual([
    'engine-vllm-0.27.1-nvidia',
    'kit-base',
    'toolbox',
  ]);
});

it.each(['', 'Alpha', 'a b', '-a', 'a'.repeat(42), 'a\n'])('makes no files of a site named %j', (name) => {
  expect(() => starterFiles(name)).toThrow('is no name of a site');
});

describe.each(NAMES)('the placeholders of %s', (file) => {
  it.each(placeholderOffsets(ALL[file]))('the one at %i, left alone, is refused where it stands', (at) => {
    const text = edited(ALL[file], at);
    const before = text.slice(0, text.indexOf('<EDIT')).split('\n');
    const [fault, ...others] = faultsOf(file, text);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ line: before.length, message: 'this is a placeholder, and nobody has edited it' });
    const { column = 0, fix = '' } = fault ?? {};
    expect([before.at(-1)?.length, before.at(-1)?.lastIndexOf('"')]).toContain(
      fault?.path.endsWith('hash') === true ? column + 'sha256:'.length : column - 1,
    );
    expect(text).toContain(fix.replace(/^write (.*) in its place$/, '<EDIT $1>'));
  });

  it('are there, and all refused at once as the file stands', () => {
    const offsets = placeholderOffsets(STARTER[file]);
    const live = offsets.filter((at) => !/^#.*$/.test(STARTER[file].slice(0, at).split('\n').at(-1) ?? ''));
    const count = { 'site.yaml': 2, 'enclave.yaml': 5 }[file];
    expect(live).toHaveLength(count);
    expect(faultsOf(file, STARTER[file])).toHaveLength(count);
  });
});

it('says what no person but the user can say by placeholders alone: reviews, owners, attestations, hashes', () => {
  const made = /\b(?:reviewedBy|reviewedOn|owner|hash|sha256): (?!"?(?:sha256:)?<EDIT )/;
  for (const file of NAMES) expect(ALL[file]).not.toMatch(made);
  expect(ALL['enclave.yaml']).toMatch(/encryption: .*owner: <EDIT .*reason: <EDIT /);
});

it('a placeholder is refused wherever a string may stand, as a key too', () => {
  const text = edited(STARTER['enclave.yaml']).replace('edge:', `${JSON.stringify(placeholder('a pool'))}:`);
  expect(faultsOf('enclave.yaml', text)).toMatchObject([{ fix: 'write a pool in its place' }]);
});

it('the enclave for a site that is there names that site and each of its pools', () => {
  const site = parseSite(
    edited(starterFiles('beta')['site.yaml']).replace(
      '{ name: edge, accelerator: none }',
      '{ name: attic, accelerator: none }',
    ),
    'site.yaml',
  );
  const enclave = parseEnclave(edited(starterEnclave(site)), 'enclave.yaml');
  expect(() => checkEnclave(enclave, site)).not.toThrow();
  expect([enclave.site, Object.keys(enclave.pools)]).toEqual(['beta', ['h100', 'attic']]);
});
