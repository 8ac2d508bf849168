/** Asks a person at a terminal for what must not be seen, and not be heard by a program that only reads output. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { show, visible } from '../../core/visible.js';
import { ask, say } from './output.mjs';

/** Whether somebody sits there: both sides of the talk are a terminal. Standard output may go to a file. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/**
 * The answers, one line to each question, without echo.
 *
 * @returns undefined where the person gave up (Ctrl-C, Ctrl-D)
 */
export function askSecrets(questions: readonly string[]): Promise<readonly string[] | undefined> {
  const answers: string[] = [];
  // The terminal is raw while readline has it, and what readline would show of the line goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const askNext = (): void => ask(visible(questions[answers.length] ?? ''));
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      say(show``);
      answers.push(line);
      if (answers.length === questions.length) lines.close();
      else askNext();
    });
    lines.on('SIGINT', () => lines.close());
    lines.on('close', () => {
      if (answers.length < questions.length) say(show``);
      resolve(answers.length === questions.length ? answers : undefined);
    });
    askNext();
  });
}
