/** One shell in which block after block is typed: folder and variables stay from one to the next. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Shell {
  private readonly state = mkdtempSync(path.join(tmpdir(), 'airlock-shell-'));

  /**
   * @param folder where it begins
   * @param environment all of its variables
   */
  public constructor(folder: string, environment: Readonly<Record<string, string>>) {
    writeFileSync(path.join(this.state, 'folder'), folder);
    writeFileSync(path.join(this.state, 'variables'), '');
    this.add(environment);
  }

  /** Where the next block begins. */
  public get folder(): string {
    return readFileSync(path.join(this.state, 'folder'), 'utf8').trim();
  }

  public add(variables: Readonly<Record<string, string>>): void {
    const lines = Object.entries(variables).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
    );
    const file = path.join(this.state, 'variables');
    writeFileSync(file, readFileSync(file, 'utf8') + lines.join(''));
  }

  public remove(names: readonly string[]): void {
    const file = path.join(this.state, 'variables');
    writeFileSync(file, `${readFileSync(file, 'utf8')}unset ${names.join(' ')}\n`);
  }

  /** The block as a script, for a program that stays. */
  public script(code: string): readonly string[] {
    return ['sh', '-c', `set -eu; . '${this.state}/variables'; cd '${this.folder}'; ${code}`];
  }

  /** Types a block, and waits for its end; of one that fails neither folder nor variables are kept. */
  public type(code: string): Promise<Typed> {
    // allexport: a variable of one block is there in the next, as in one shell.
    const kept = `export -p >'${this.state}/variables'; pwd >'${this.state}/folder'`;
    const script = `set -eua; . '${this.state}/variables'; cd '${this.folder}'\n${code}\n${kept}\n`;
    return new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      child.once('error', reject).once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
    });
  }

  /** @throws Error with all that it said, where it ends otherwise than with status 0 */
  public async mustType(code: string): Promise<string> {
    const { code: status, stdout, stderr } = await this.type(code);
    if (status !== 0) throw new Error(`ended with status ${String(status)}:\n${code}\n${stdout}${stderr}`);
    return `${stdout}${stderr}`;
  }

  public end(): void {
    rmSync(this.state, { recursive: true, force: true });
  }
}
