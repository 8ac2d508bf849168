/** What is synthesized of the files that `airlock init` writes, edited and with paragraphs out of their comments. */
import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { starterFiles } from '../../site/starter-files';
import { lockFor } from '../site/fixtures';
import { edited, type Paragraph, paragraphs, uncommented } from '../site/starter';
import { relock } from './relock';
import { type Inputs, inputs } from './synthesized';

const STARTER = starterFiles('alpha');

export const STARTER_PARAGRAPHS = paragraphs(STARTER);

export function starterInputs(chosen: readonly Paragraph[]): Inputs {
  const texts = uncommented(STARTER, chosen);
  const site = parseSite(edited(texts['site.yaml']), 'site.yaml');
  const enclave = parseEnclave(edited(texts['enclave.yaml']), 'enclave.yaml');
  checkEnclave(enclave, site);
  const { files, derived } = lockFor(site);
  const lock = relock(site, inputs().lock);
  return { site, enclave, lock: { ...lock, files, derived: { ...lock.derived, files: derived.files ?? [] } } };
}
