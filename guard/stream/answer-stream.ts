/**
 * A streamed answer, event by event, each built anew. Texts in pieces go out as far as they are settled; what is still held when
 * a text is complete goes out with the event that completes it, or in one of its own before.
 */
import { type AnswerRules, answerRules } from '../fields/answer-rules';
import { rebuilt, type Rules, type Where } from '../fields/rebuild';
import type { StreamForm } from '../endpoints';
import { isObject, type JsonObject } from '../json/read-body';
import { HeldText } from '../redaction/held-text';
import { type Pseudonyms, RestoredText } from '../redaction/pseudonyms';
import { Refusal } from '../refusal';

type Path = readonly (string | number)[];

/** One text that comes in pieces. */
interface Channel {
  readonly identity: readonly number[];
  readonly push: (piece: string) => string;
  readonly end: () => string;
  isComplete: boolean;
  /** The event that its last piece came in, and where. */
  last?: { readonly event: JsonObject; readonly path: Path };
}

/** Of an event that carries a rest: what says which text it belongs to. */
const KEPT: ReadonlySet<string> = new Set([
  ...['object', 'created', 'model', 'index', 'type', 'item_id', 'output_index', 'content_index', 'summary_index'],
  'sequence_number',
]);

/** The event with nothing but one text in it. */
function carrying(value: unknown, [step, ...rest]: Path, text: string, isTop = true): unknown {
  if (step === undefined) return text;
  if (Array.isArray(value)) return [carrying(value[Number(step)], rest, text, false)];
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
      if (name === step) return [[name, carrying(item, rest, text, false)]];
      if (name === 'finish_reason') return [[name, null]];
      return KEPT.has(name) || (isTop && name === 'id') ? [[name, item]] : [];
    }),
  );
}

/** The same value with a text behind the one at a path. */
function appended(value: unknown, [step, ...rest]: Path, text: string): unknown {
  if (step === undefined) return `${String(value)}${text}`;
  if (Array.isArray(value))
    return value.map((item, at) => (at === step ? appended(item, rest, text) : (item as unknown)));
  if (!isObject(value)) return value;
  return { ...value, [step]: appended(value[step], rest, text) };
}

const begins = (identity: readonly number[], start: readonly number[]): boolean =>
  start.every((number, at) => identity[at] === number);

/** Texts that may be open at once: every choice, item and tool has some. */
const MOST_TEXTS = 512;
/** Texts that go on in pieces of their own, where an event opens them. */
const OPENED = /(?:^|[.\]])(?:text|thinking|signature|refusal|arguments)$/;

export interface AnswerStreamOptions extends AnswerRules {
  readonly form: StreamForm;
  /** How many answers were asked for. */
  readonly choices: number;
  /** What placeholders stand for. @default - there are none */
  readonly pseudonyms?: Pseudonyms;
}

export class AnswerStream {
  private readonly channels = new Map<string, Channel>();
  private readonly words = new Map<string, string>();
  private readonly rules: Rules;
  private sequence: number | undefined;
  /** Channels with a piece in the current event. */
  private touched = new Map<Channel, Path>();
  private type = '';

  public constructor(private readonly options: AnswerStreamOptions) {
    const whole = answerRules(options);
    this.rules = { ...whole, demandsIdentity: true, text: (value, where) => this.text(value, where, whole) };
  }

  /** @returns what goes out for it, in this order. @throws Refusal where nothing more may */
  public event(event: JsonObject): JsonObject[] {
    this.touched = new Map();
    // Where no table has it, it is dropped, and tells nothing.
    this.type = this.options.form.isNamed && typeof event['type'] === 'string' ? event['type'] : '';
    this.demandKnownChoices(event);
    let made = rebuilt(event, this.options.form.event, this.rules);
    for (const [channel, path] of this.touched) channel.last = { event: made, path };
    const before: JsonObject[] = [];
    for (const start of this.options.form.completes(event))
      for (const channel of this.open(start)) {
        const path = this.touched.get(channel);
        const rest = this.completed(channel);
        if (path === undefined) before.push(...this.carried(channel, rest));
        else if (rest !== '') made = appended(made, path, rest) as JsonObject;
      }
    return this.numbered([...before, made]);
  }

  /** @returns what is left of texts that nothing has completed */
  public end(): JsonObject[] {
    return this.numbered(this.open([]).flatMap((channel) => this.carried(channel, this.completed(channel))));
  }

  private text(value: string, where: Where, whole: Rules): string {
    const { form } = this.options;
    if (form.once.has(where.place)) this.demandOnce(value, where);
    if (form.opens.has(this.type) && OPENED.test(where.place) && value !== '' && this.options.redactor !== undefined)
      throw new Refusal(502, 'answer_not_understood', `${where.place}: a text began before its pieces`);
    if (!form.pieces.has(where.place)) return whole.text(value, where);
    const channel = this.channel(where);
    if (channel.isComplete && value !== '')
      throw new Refusal(502, 'answer_not_understood', `${where.place}: a piece came after the end of its text`);
    this.touched.set(channel, where.path);
    return channel.isComplete ? '' : channel.push(value);
  }

  /** A choice that nobody asked for could go on with the text of another one. */
  private demandKnownChoices({ choices }: JsonObject): void {
    for (const choice of Array.isArray(choices) ? (choices as unknown[]) : [])
      if (isObject(choice) && typeof choice['index'] === 'number' && choice['index'] >= this.options.choices)
        throw new Refusal(502, 'answer_not_understood', 'choices[].index: more answers than were asked for');
  }

  /** Words of a call of a tool come whole: pieces of them could make together what none of them is. */
  private demandOnce(value: string, { place, identity }: Where): void {
    const key = `${place} ${identity.join(' ')}`;
    const known = this.words.get(key) ?? '';
    if (known !== '' && value !== '' && known !== value)
      throw new Refusal(502, 'answer_not_understood', `${place}: it comes in pieces`);
    if (value !== '') this.words.set(key, value);
  }

  private channel(where: Where): Channel {
    const key = `${this.type} ${where.place} ${where.identity.join(' ')}`;
    const known = this.channels.get(key);
    if (known !== undefined) return known;
    if (this.channels.size === MOST_TEXTS)
      throw new Refusal(502, 'answer_not_understood', `the answer has more than ${MOST_TEXTS} texts`);
    const { redactor, pseudonyms } = this.options;
    const isJson = /arguments|partial_json/.test(`${this.type} ${where.place}`);
    const held = redactor === undefined ? undefined : new HeldText(redactor, where.place);
    const restored = pseudonyms === undefined ? undefined : new RestoredText(pseudonyms, isJson);
    const restoring = (text: string): string => restored?.push(text) ?? text;
    const made: Channel = {
      identity: where.identity,
      push: (piece) => restoring(held?.push(piece) ?? piece),
      end: () => restoring(held?.end() ?? '') + (restored?.end() ?? ''),
      isComplete: false,
    };
    this.channels.set(key, made);
    return made;
  }

  private open(start: readonly number[]): Channel[] {
    return [...this.channels.values()].filter(({ identity, isComplete }) => !isComplete && begins(identity, start));
  }

  private completed(channel: Channel): string {
    channel.isComplete = true;
    return channel.end();
  }

  private carried({ last }: Channel, rest: string): JsonObject[] {
    return rest === '' || last === undefined ? [] : [carrying(last.event, last.path, rest) as JsonObject];
  }

  /** Events of responses count; so do those that carry a rest. */
  private numbered(events: readonly JsonObject[]): JsonObject[] {
    return events.map((event) => {
      const { sequence_number: number } = event;
      if (typeof number !== 'number') return event;
      this.sequence = (this.sequence ?? number - 1) + 1;
      return { ...event, sequence_number: this.sequence };
    });
  }
}
