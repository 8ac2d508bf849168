import { shownFindings, findingText } from '../../audit/report/text';
import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { starterFiles } from '../../site/starter-files';
import { closure, edited, type Paragraph, paragraphs, uncommented } from '../site/starter';
import { lockFor } from '../site/fixtures';
import { relock } from '../stacks/relock';
import { type Inputs, inputs } from '../stacks/synthesized';
import { auditOf } from './own-plan';

const STARTER = starterFiles('alpha');
const ALL = paragraphs(STARTER);

function made(chosen: readonly Paragraph[]): Inputs {
  const texts = uncommented(STARTER, chosen);
  const site = parseSite(edited(texts['site.yaml']), 'site.yaml');
  const enclave = parseEnclave(edited(texts['enclave.yaml']), 'enclave.yaml');
  checkEnclave(enclave, site);
  const { files, derived } = lockFor(site);
  const lock = relock(site, inputs().lock);
  return { site, enclave, lock: { ...lock, files, derived: { ...lock.derived, files: derived.files ?? [] } } };
}

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
    const report = await auditOf(made(chosen));
    expect(shownFindings(report, false).map(findingText)).toEqual([]);
    expect(report.gate).toBe('pass');
  });
});
