/** What happens to the parts of an answer. */
import type { Redactor } from '../redaction/redactor';
import { Refusal } from '../refusal';
import type { Rules, Where } from './rebuild';

export interface AnswerRules {
  /** Public name of the model; what the engine calls it stays inside. */
  readonly model: string;
  /** Reads texts; absent where nobody does. */
  readonly redactor?: Redactor;
  /** Reads what is said in place of an answer, whatever the workflow does with answers. */
  readonly errors?: Redactor;
  /** Told the place of each field that no table has. */
  readonly dropped: (place: string) => void;
  /** A text that was read, as its caller gets it. @param isJson whether it is a JSON text itself */
  readonly restored: (text: string, isJson: boolean) => string;
}

/** What engines and gateways say in place of an answer; they may quote what they were asked. */
const ERROR = /^(?:response\.)?error\./;

/** Where the name of the model stands: in an answer, and in events that hold one. */
const MODEL: ReadonlySet<string> = new Set(['model', 'response.model', 'message.model']);

/** Whether a text is JSON: arguments of calls of tools. */
export const isJsonText = ({ place }: Where): boolean => /(?:^|\.)arguments$/.test(place);

export const answerRules = ({ model, redactor, errors, dropped, restored }: AnswerRules): Rules => {
  const readerOf = ({ place }: Where): Redactor | undefined => (ERROR.test(place) ? (errors ?? redactor) : redactor);
  return {
    closed: new Set(redactor === undefined ? [] : ['answers-are-redacted']),
    unknown: ({ place }) => dropped(place),
    wrong: ({ at }, expected) => {
      throw new Refusal(502, 'answer_not_understood', `the answer is not understood: ${at}: expected ${expected}`);
    },
    refused: ({ place }) => dropped(place),
    text: (value, where) =>
      MODEL.has(where.place) ? model : restored(readerOf(where)?.text(value, where.at) ?? value, isJsonText(where)),
    exact: (value, { at }) => redactor?.exact(value, at),
    // Counts, times and vectors of engines: no number in them is anybody's.
    number: () => undefined,
    together: (texts, { at }) => redactor?.together(texts, at),
    // Names of an answer appear in no message but by their place.
    isShown: (name) => /^[a-z_]{1,64}$/.test(name),
  };
};
