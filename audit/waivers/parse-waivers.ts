/** Reads a file of waivers. */
import type { ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { YamlDocument } from '../../site/reading/yaml-document';
import type { Rule } from '../rules/rule';
import type { Waiver } from './waiver';
import { UNWRITTEN } from './propose-waivers';
import schema from './waivers.schema.json';

interface WaiversFile {
  readonly waivers: readonly Waiver[];
}

function validator(): ValidateFunction<WaiversFile> {
  const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true });
  addFormats(ajv, ['date']);
  return ajv.compile<WaiversFile>(schema);
}

/**
 * Parses the text of a waivers file.
 *
 * @throws AirlockError (input) with every fault, its line and column; an unknown or non-waivable rule is one
 */
export function parseWaivers(text: string, file: string, rules: readonly Rule[]): readonly Waiver[] {
  const document = new YamlDocument(text, file);
  const parsed = document.validate(validator());
  parsed?.waivers.forEach((waiver, at) => {
    const id = waiver.rule.replace(/\[.*$/, '');
    // Of rules that nobody can waive, release 0.1.0 took that a resource cannot be read: now it is said once for all rules, and
    // such an entry is reported as not needed.
    const unread = waiver.rule === `${id}[opaque]`;
    const rule = rules.find((candidate) => candidate.id === id);
    const waivable = rules.filter((candidate) => candidate.waivable).map((candidate) => candidate.id);
    const fix = `rules that can be waived: ${waivable.join(', ')}`;
    if (rule === undefined) document.fault(['waivers', at, 'rule'], `there is no rule ${id}`, fix);
    else if (!rule.waivable && !unread)
      document.fault(['waivers', at, 'rule'], `${id} cannot be waived: ${rule.title}`, fix);
  });
  parsed?.waivers.forEach((waiver, at) => {
    for (const field of ['reason', 'approver'] as const)
      if (waiver[field] === UNWRITTEN)
        document.fault(['waivers', at, field], `nobody wrote the ${field}`, 'a person says why, and answers for it');
  });
  document.throwFaults('WAIVER_FILE_INVALID', 'file of waivers');
  return parsed?.waivers ?? [];
}
