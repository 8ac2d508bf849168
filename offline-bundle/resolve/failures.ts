/** Collects what went wrong, so that one run names every failing item instead of the first. */
import { AirlockError, type FailureKind } from '../../core/errors';

/** What a rerun alone does not mend comes first: it decides the exit code. */
const GRAVITY: readonly FailureKind[] = ['internal', 'input', 'check', 'environment'];

interface Failure {
  readonly label: string;
  readonly error: AirlockError;
}

/** Equal errors as one, in the order of their first. */
function folded(list: readonly Failure[]): { readonly labels: readonly string[]; readonly error: AirlockError }[] {
  const byText = new Map<string, { readonly labels: string[]; readonly error: AirlockError }>();
  for (const { label, error } of list) {
    const text = JSON.stringify([error.code, error.what, error.fix, error.items]);
    const same = byText.get(text);
    if (same === undefined) byText.set(text, { labels: [label], error });
    else same.labels.push(label);
  }
  return [...byText.values()];
}

/** Labels that are named before the rest is counted. */
const NAMED = 3;

const shortList = (labels: readonly string[]): string =>
  labels.length <= NAMED + 1
    ? labels.join('; ')
    : `${labels.slice(0, NAMED).join('; ')}; and ${labels.length - NAMED} more`;

export class Failures {
  private readonly list: Failure[] = [];

  /**
   * Runs a piece of work; its failure is kept under the label, and undefined comes back.
   *
   * @throws what is no AirlockError: that is a defect, not a finding
   */
  public async attempt<T>(label: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      this.list.push({ label, error });
      return undefined;
    }
  }

  /** @throws AirlockError that names every failure, sorted by label; with the code of the gravest among them */
  public throwIfAny(): void {
    const [first, ...rest] = this.list.sort((a, b) => (a.label < b.label ? -1 : 1));
    if (first === undefined) return;
    if (rest.length === 0) {
      const { code, what, fix, faults, items } = first.error;
      throw new AirlockError(code, `${first.label}: ${what}`, {
        ...(fix === undefined ? {} : { fix }),
        faults,
        items,
        cause: first.error,
      });
    }
    const items = folded(this.list).flatMap(({ labels, error }) => [
      `${shortList(labels)}: ${error.what}`,
      ...error.items.map((item) => `  ${item}`),
      ...(error.fix === undefined ? [] : [`  fix: ${error.fix}`]),
    ]);
    const gravest =
      [...this.list].sort((a, b) => GRAVITY.indexOf(a.error.kind) - GRAVITY.indexOf(b.error.kind))[0] ?? first;
    throw new AirlockError(gravest.error.code, `${this.list.length} things could not be resolved:`, {
      items,
      fix: 'mend these, then run the command again',
    });
  }
}
