/** What happens to the parts of a request. */
import type { Unless } from '../../gateway/fields';
import type { Redactor } from '../redaction/redactor';
import { Refusal } from '../refusal';
import type { Rules } from './rebuild';

const REASONS: Readonly<Record<Unless, string>> = {
  'requests-are-redacted': "nobody can read it, and this model's requests are redacted",
  'answers-are-redacted': "nobody could read what it asks for, and this model's answers are redacted",
};

/** Words that are no text of a person: they may stand in a message. */
const SHOWN = /^[A-Za-z0-9_.:/-]{1,64}$/;

export interface RequestRules {
  readonly endpoint: { readonly name: string; readonly path: string };
  /** Reads texts; absent where nobody does. */
  readonly redactor?: Redactor;
  readonly closed: ReadonlySet<Unless>;
}

export const requestRules = ({ endpoint, redactor, closed }: RequestRules): Rules => ({
  closed,
  unknown: ({ at, path }, allowed) => {
    const above = at.slice(0, Math.max(0, at.lastIndexOf('.')));
    const where = above === '' ? endpoint.path : `${above} of ${endpoint.path}`;
    const fix = path.length === 1 ? `; a site allows it with allowFields.${endpoint.name} of the workflow` : '';
    throw new Refusal(
      400,
      'field_not_allowed',
      `${at}: no such field; ${where} takes: ${allowed.join(', ')}${fix}`,
      at,
    );
  },
  wrong: ({ at }, expected) => {
    throw new Refusal(400, 'invalid_field', `${at}: expected ${expected}`, at);
  },
  refused: ({ at }, why) => {
    throw new Refusal(400, 'field_not_allowed', `${at}: ${REASONS[why]}`, at);
  },
  text: (value, { at }) => redactor?.text(value, at) ?? value,
  exact: (value, { at }) => redactor?.exact(value, at),
  number: (value, { at }) => redactor?.exact(String(value), at),
  together: (texts, { at }) => redactor?.together(texts, at),
  isShown: (name) => SHOWN.test(name) && redactor?.isClean(name) !== false,
});
