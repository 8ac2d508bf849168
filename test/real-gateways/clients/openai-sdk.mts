/** OpenAI's SDK with nothing but an address, a key and a name; prints what came as one line of JSON. */
import OpenAI from 'openai';

const [baseURL = '', apiKey = '', model = '', content = ''] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: 'user' as const, content }];
const whole = await client.chat.completions.create({ model, messages, max_completion_tokens: 8 });
const pieces: string[] = [];
for await (const chunk of await client.chat.completions.create({
  model,
  messages,
  max_completion_tokens: 8,
  stream: true,
}))
  pieces.push(chunk.choices[0]?.delta.content ?? '');
const models: string[] = [];
for await (const one of client.models.list()) models.push(one.id);
process.stdout.write(`${JSON.stringify({ whole: whole.choices[0]?.message.content, pieces, models })}\n`);
