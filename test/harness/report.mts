/** What was checked and how it came out: one line as it happens, a table and the count at the end. */

export type Outcome = 'ok' | 'FAIL' | 'skipped';

export interface CheckResult {
  readonly suite: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** A measured value worth showing: a digest, a count, a ratio. */
  readonly figure: string;
  readonly seconds: number;
}

export class Report {
  public readonly results: CheckResult[] = [];

  public constructor(private readonly write: (line: string) => void) {}

  public record(result: CheckResult, detail?: string): void {
    this.results.push(result);
    const { suite, name, outcome, figure, seconds } = result;
    this.write(`${outcome.padEnd(7)} ${suite}: ${name}${figure === '' ? '' : ` [${figure}]`} ${seconds.toFixed(1)} s`);
    if (detail !== undefined) this.write(detail.replace(/^/gm, '        | '));
  }

  public suite(name: string): Suite {
    return new Suite(name, this);
  }

  public count(outcome: Outcome): number {
    return this.results.filter((result) => result.outcome === outcome).length;
  }

  /** `N passed, N failed`, and what was skipped. */
  public summary(): string {
    const skipped = this.count('skipped');
    return `${String(this.count('ok'))} passed, ${String(this.count('FAIL'))} failed${skipped === 0 ? '' : `, ${String(skipped)} skipped`}`;
  }
}

export class Suite {
  public constructor(
    public readonly name: string,
    private readonly report: Report,
  ) {}

  /**
   * Makes one check. It holds when `body` returns; what it returns is shown as the check's figure.
   *
   * @returns whether it held
   */
  public async check(name: string, body: () => Promise<string>): Promise<boolean> {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    try {
      const figure = await body();
      this.report.record({ suite: this.name, name, outcome: 'ok', figure, seconds: seconds() });
      return true;
    } catch (error) {
      const result = { suite: this.name, name, outcome: 'FAIL', figure: '', seconds: seconds() } as const;
      this.report.record(result, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  public skip(name: string, why: string): void {
    this.report.record({ suite: this.name, name, outcome: 'skipped', figure: why, seconds: 0 });
  }
}

/** Thrown where a condition does not hold; the message states what was expected and what was found. */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function expectEqual<T>(found: T, expected: T, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  expect(left === right, `${what}\n  expected ${right}\n  found    ${left}`);
}

export function expectMatch(text: string, pattern: RegExp, what: string): void {
  expect(
    pattern.test(text),
    `${what}: expected ${String(pattern)} in:\n${text.trim().split('\n').slice(-25).join('\n')}`,
  );
}
