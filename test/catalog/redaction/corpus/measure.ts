/** Precision and recall of patterns on a corpus. */
import type { RedactionPattern } from '../../../../catalog/redaction';
import { type Corpus, formsOf, KINDS, type Planted } from './corpus';
import type { Form } from './kind';

export interface Measurement {
  readonly pattern: string;
  /** Share of values that are redacted in full, by form. */
  readonly recall: Partial<Record<Form, number>>;
  /** Over the forms that the pattern promises. */
  readonly promised: number;
  readonly found: number;
  readonly planted: number;
  /** Everyday texts that it takes by mistake. */
  readonly mistaken: readonly string[];
  /** Found / (found + mistaken). */
  readonly precision: number;
  /** Traps that it takes. */
  readonly trapped: readonly string[];
  /** Share of values with a wrong check digit, in promised forms, that are redacted although they are none. */
  readonly wrongTaken?: number;
}

/** Whether one match covers all of the value. */
function isRedacted({ text, written }: Planted, expression: RegExp): boolean {
  const core = written.replace(/^[(+]+|[)]+$/g, '');
  const start = text.indexOf(core);
  const end = start + core.length;
  return [...text.matchAll(expression)].some(({ index, 0: match }) => index <= start && index + match.length >= end);
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export function measurePattern({ name, pattern }: RedactionPattern, corpus: Corpus): Measurement {
  const kind = KINDS[name];
  if (kind === undefined) throw new Error(`the corpus has no ${name}`);
  const mine = corpus.planted.filter((planted) => planted.kind === name);
  const everywhere = new RegExp(pattern, 'gu');
  const gone = mine.filter((each) => isRedacted(each, everywhere));
  const promised = (list: typeof mine): typeof mine => list.filter(({ form }) => kind.promised.includes(form));
  const expression = new RegExp(pattern, 'u');
  const mistaken = corpus.everyday.filter((text) => expression.test(text));
  const wrong = promised(corpus.wrong.filter((planted) => planted.kind === name));
  const [found, planted] = [promised(gone).length, promised(mine).length];
  const recallOf = (form: Form): [Form, number] => [
    form,
    share(gone.filter((each) => each.form === form).length, mine.filter((each) => each.form === form).length),
  ];
  return {
    pattern: name,
    recall: Object.fromEntries(formsOf(kind).map(recallOf)),
    promised: share(found, planted),
    found,
    planted,
    mistaken,
    precision: share(found, found + mistaken.length),
    trapped: corpus.traps.filter((text) => expression.test(text)),
    ...(wrong.length === 0
      ? {}
      : { wrongTaken: share(wrong.filter(({ text }) => expression.test(text)).length, wrong.length) }),
  };
}
