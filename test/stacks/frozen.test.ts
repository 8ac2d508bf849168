import { examples, readPlans, withSynthesis } from '../../tools/examples';
import { checkAddresses, checkFormats, checkUpgrade, orphans } from '../../tools/upgrade/committed';

const known = examples();

describe.each(known.map((example) => [example.name, example] as const))('example %s', (_name, example) => {
  it('keeps its Terraform addresses, and upgrades from its committed synthesis with nothing destroyed', async () => {
    const plans = await withSynthesis(example, readPlans);
    expect(checkAddresses(example, plans)).toEqual([]);
    expect(checkUpgrade(example, plans)).toEqual([]);
  });

  it('is still read in the form that was committed', async () => {
    expect(await checkFormats(example)).toEqual([]);
  });
});

describe('committed syntheses', () => {
  it('are there, and each belongs to an example', () => {
    expect(known.map(({ name }) => name)).toContain('fixture');
    expect(orphans(known)).toEqual([]);
  });
});
