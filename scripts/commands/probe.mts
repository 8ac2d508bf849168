/** `airlock probe`: the ends of the live probe, as pods run them; by hand it answers the same questions. */
import { Command } from 'commander';
import { becomes, isOpen, listen, parseTarget, type Target } from '../../cluster/probe/agent.js';
import { INTERNET } from '../../cluster/probe/internet.js';
import { connectLine, internetLine, listenLine } from '../../cluster/probe/text.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { print } from '../ui/output.mjs';

function number(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw badInput('USAGE_INVALID_VALUE', `"${text}" is no number`, 'write digits');
  return Number(text);
}

function expectation(text: string): 'open' | 'shut' {
  if (text !== 'open' && text !== 'shut')
    throw badInput('USAGE_INVALID_VALUE', `--expect is "${text}"`, 'write open or shut');
  return text;
}

async function connect(target: string, options: { expect: 'open' | 'shut'; within: number }): Promise<void> {
  const { expect, within } = options;
  const met = await becomes(parseTarget(target), expect, within);
  print(connectLine(target, expect, met, within));
  if (!met) process.exitCode = EXIT_CODES.check;
}

async function serve({ port }: { port: number }): Promise<void> {
  const server = await listen(port);
  print(listenLine(port));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  server.close();
}

async function internet({ target = INTERNET }: { target?: readonly string[] }): Promise<void> {
  const targets = target.map((text): [string, Target] => [text, parseTarget(text)]);
  const results = await Promise.all(targets.map(async ([text, parsed]) => ({ text, open: await isOpen(parsed) })));
  for (const { text, open } of results) print(internetLine(text, open));
  if (results.some(({ open }) => open)) process.exitCode = EXIT_CODES.check;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

export const command = (): Command =>
  new Command('probe')
    .addCommand(
      new Command('connect')
        .description('try a TCP connection until it is as expected')
        .argument('<target>', 'host:port')
        .option('--expect <state>', 'open or shut', expectation, 'open')
        .option('--within <seconds>', 'how long to try', number, 30)
        .action(connect),
    )
    .addCommand(
      new Command('listen')
        .description('accept TCP connections until SIGTERM')
        .option('--port <number>', 'port to listen on', number, 8080)
        .action(serve),
    )
    .addCommand(
      new Command('internet')
        .description('exit 1 when any address of the internet answers')
        .option('--target <host:port>', 'ask this instead; may be repeated', collect)
        .action(internet),
    );
