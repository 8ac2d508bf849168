/** What stands in an answer beside its text, where LiteLLM's filter does not read. */
import { expect, expectEqual, type Suite } from '../../../harness/report.mjs';
import { chat } from '../../call.mjs';
import type { RunningGateway } from '../../gateways/gateway.mjs';
import { KEYS } from '../../policy.mjs';
import type { ToldEngine } from '../../world/told.mjs';

const PLANTED = 'erika.mustermann@example.org';
const call = (name: string, args: string) => ({
  id: 'a',
  index: 0,
  type: 'function',
  function: { name, arguments: args },
});

/** Messages with planted data, by the place that has it. */
const MESSAGES = {
  '<think> in the text': { content: `<think>I see ${PLANTED}.</think>Done.` },
  reasoning_content: { content: 'Done.', reasoning_content: `I see ${PLANTED}.` },
  reasoning: { content: 'Done.', reasoning: `I see ${PLANTED}.` },
  refusal: { content: 'Done.', refusal: `Not for ${PLANTED}.` },
  'the name of a tool': { content: 'Done.', tool_calls: [call(PLANTED, '{}')] },
  'arguments of a tool': { content: 'Done.', tool_calls: [call('send', JSON.stringify({ to: PLANTED }))] },
  function_call: { content: 'Done.', function_call: { name: 'send', arguments: JSON.stringify({ to: PLANTED }) } },
  annotations: {
    content: 'Done.',
    annotations: [
      {
        type: 'url_citation',
        url_citation: { url: 'https://a.example', title: PLANTED, start_index: 0, end_index: 1 },
      },
    ],
  },
  'a field of its own': { content: 'Done.', x_note: PLANTED },
} as const;

const arguments_ = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });
/** The same in pieces, none of which has all of it. */
const DELTAS = {
  '<think> in the text': ['<think>', 'erika.muster', 'mann@example', '.org</think>', 'Done.'].map((content) => ({
    content,
  })),
  reasoning_content: [
    { reasoning_content: 'erika.muster' },
    { reasoning_content: 'mann@example.org' },
    { content: 'Done.' },
  ],
  'reasoning_content around the text': [
    { reasoning_content: 'erika.muster' },
    { content: 'Done.' },
    { reasoning_content: 'mann@example.org' },
  ],
  'arguments of a tool': [
    { tool_calls: [call('send', '')] },
    arguments_('{"to":"erika.muster'),
    arguments_('mann@example.org"}'),
  ],
  'escaped arguments of a tool': [
    { tool_calls: [call('send', '{"to":"erika.mustermann')] },
    arguments_('\\u0040example.org"}'),
  ],
  refusal: [{ refusal: 'erika.muster' }, { refusal: 'mann@example.org' }, { content: 'Done.' }],
} as const;

/** All texts of the pieces of a streamed answer, each kind put together. */
function putTogether(body: string): string {
  const texts: Record<string, string> = {};
  const collect = (value: unknown, at: string): void => {
    if (typeof value === 'string') texts[at] = (texts[at] ?? '') + value;
    else if (typeof value === 'object' && value !== null)
      for (const [name, item] of Object.entries(value)) collect(item, `${at}.${name}`);
  };
  for (const [, piece = ''] of body.matchAll(/^data: (\{.*)$/gm)) collect(JSON.parse(piece), '');
  return Object.values(texts).join('\n').replaceAll('\\u0040', '@');
}

export async function answers(suite: Suite, { url }: RunningGateway, told: ToldEngine): Promise<void> {
  await suite.check('the control: without redaction the caller sees all of it', async () => {
    for (const [place, message] of Object.entries(MESSAGES).slice(0, 2)) {
      told.tell({ message: { role: 'assistant', ...message } });
      const { body } = await chat(url, 'open', KEYS.team);
      expect(body.includes(PLANTED), `${place}: ${body}`);
    }
    told.tell({ deltas: DELTAS.reasoning_content });
    const { body } = await chat(url, 'open', KEYS.team, 'Hello.', { stream: true });
    expect(putTogether(body).includes(PLANTED), body);
    return 'whole and streamed';
  });
  for (const model of ['claims', 'strict'])
    await suite.check(`planted data in any place of an answer is masked, refused or dropped: ${model}`, async () => {
      const statuses: string[] = [];
      for (const [place, message] of Object.entries(MESSAGES)) {
        told.tell({ message: { role: 'assistant', ...message } });
        const { status, body } = await chat(url, model, KEYS.team);
        expect(!body.includes(PLANTED) && [200, 400].includes(status), `${place}: ${String(status)} ${body}`);
        statuses.push(String(status));
      }
      expectEqual(statuses[0], model === 'claims' ? '200' : '400', 'where the engine thinks aloud');
      return statuses.join(' ');
    });
  await suite.check('masked reasoning comes with the rest of the answer', async () => {
    told.tell({ message: { role: 'assistant', ...MESSAGES['<think> in the text'] } });
    const { body } = await chat(url, 'claims', KEYS.team);
    expect(body.includes('I see [CONTACT-EMAIL_REDACTED].') && body.includes('"Done."'), body);
    return 'yes';
  });
  await suite.check('a streamed answer ends with an error before planted data is out', async () => {
    for (const [place, deltas] of Object.entries(DELTAS)) {
      told.tell({ deltas });
      const { body } = await chat(url, 'strict', KEYS.team, 'Hello.', { stream: true });
      expect(!putTogether(body).includes(PLANTED), `${place}: ${body}`);
    }
    return `${String(Object.keys(DELTAS).length)} places`;
  });
  await suite.check('a streamed answer without any comes whole', async () => {
    const tool = [{ tool_calls: [call('send', '{"to":')] }, arguments_('"all"}')];
    told.tell({
      deltas: [{ reasoning_content: 'Let me ' }, { reasoning_content: 'see.' }, { content: 'Done.' }, ...tool],
    });
    const { status, body } = await chat(url, 'strict', KEYS.team, 'Hello.', { stream: true });
    expectEqual(status, 200, body);
    const text = putTogether(body);
    for (const part of ['Let me see.', 'Done.', '{"to":"all"}', 'send', 'stop'])
      expect(text.includes(part), `${part}: ${body}`);
    expect(/data: \[DONE\]\s*$/.test(body), body);
    return `${String(body.length)} bytes`;
  });
  await suite.check('an error that repeats planted data is masked', async () => {
    const statuses: number[] = [];
    for (const [model, status] of [
      ['claims', 500],
      ['strict', 500],
      ['strict', 400],
    ] as const) {
      told.tell({ status, error: `cannot handle ${PLANTED}` });
      const answer = await chat(url, model, KEYS.team);
      expect(!answer.body.includes(PLANTED), answer.body);
      statuses.push(answer.status);
    }
    expectEqual(statuses, [500, 500, 400], 'statuses');
    return statuses.join(' ');
  });
  await suite.check('no header of an engine comes along where answers are redacted', async () => {
    const headers = { 'x-note': PLANTED, 'x-request-id': PLANTED, 'set-cookie': `a=${PLANTED}` };
    const head = async (model: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      told.tell({ headers });
      return ((await chat(url, model, KEYS.team, 'Hello.', more)).head ?? []).join('\n');
    };
    expect((await head('open')).includes(PLANTED), 'the control has none');
    for (const more of [{}, { stream: true }]) {
      const sent = await head('strict', more);
      expect(sent !== '' && !sent.includes(PLANTED), sent);
    }
    expect(!(await head('claims')).includes(PLANTED), 'claims');
    return 'whole and streamed';
  });
  told.tell({});
  await suite.check('an answer can be sent back with what LiteLLM wrote into it', async () => {
    for (const model of ['open', 'claims']) {
      const { choices } = JSON.parse((await chat(url, model, KEYS.team)).body) as { choices: { message: object }[] };
      const messages = [choices[0]?.message, { role: 'user', content: 'Go on.' }];
      const { status, body } = await chat(url, model, KEYS.team, 'Hello.', { messages });
      expectEqual(status, 200, `${model}: ${body}`);
    }
    return 'open and claims';
  });
  await suite.check('what cannot be read is not asked for', async () => {
    expectEqual((await chat(url, 'claims', KEYS.team, 'Hello.', { logprobs: true })).status, 400, 'claims');
    expectEqual((await chat(url, 'open', KEYS.team, 'Hello.', { logprobs: true })).status, 200, 'open');
    return 'logprobs';
  });
}
