import { shownFindings, findingText } from '../../audit/report/text';
import { closure, type Paragraph } from '../site/starter';
import { STARTER_PARAGRAPHS as ALL, starterInputs } from '../stacks/starter-inputs';
import { auditOf } from './own-plan';

const title = (chosen: readonly Paragraph[]): string => chosen.flatMap(({ keys }) => keys).join(', ');
const choices = [[], ...ALL.map((one) => closure([one], ALL)), ALL].map((chosen) => [title(chosen), chosen] as const);

it('has what is optional in comments', () => {
  expect(ALL.flatMap(({ keys }) => keys)).toEqual([
    'gateway',
    'workflows',
    'traces',
    'files',
    'deployers',
    'callers',
    'storage',
  ]);
});

describe('the files that `airlock init` writes, with their placeholders edited', () => {
  it.each(choices)('synthesize and pass their audit with these out of comments: %s', async (_title, chosen) => {
    const report = await auditOf(starterInputs(chosen));
    expect(shownFindings(report, false).map(findingText)).toEqual([]);
    expect(report.gate).toBe('pass');
  });
});
