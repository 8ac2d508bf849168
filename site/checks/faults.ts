/** All that contradicts itself, said at once. */
import { AirlockError, type ErrorCode, type SourceFault } from '../../core/errors';

/** Where a person can change a decision: one of the three files, and a path in it. */
export interface Place {
  readonly file: 'site.yaml' | 'enclave.yaml' | 'airlock.lock.json';
  /** e.g. `servings[0].engine`; empty for the file as a whole. */
  readonly path: string;
}

/** Collects faults of decisions that do not wait for each other. */
export class Faults {
  private following: ReadonlySet<string> = new Set();
  private readonly found: { readonly place: Place; readonly error: AirlockError }[] = [];

  /**
   * Decides, or notes why it cannot be decided.
   *
   * @returns undefined where it cannot; what rests on it is not decided either
   */
  public attempt<T>(place: Place, decide: () => T): T | undefined {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof AirlockError)) throw error;
      this.note(place, error);
      return undefined;
    }
  }

  /** From here on, errors with these codes follow from one that is noted already. */
  public leaveOut(codes: ReadonlySet<string>): void {
    this.following = codes;
  }

  /** Notes a fault; what is said already, of this place or another, is not said again. */
  public note(place: Place, error: AirlockError): void {
    if (this.following.has(error.code)) return;
    if (!this.found.some((one) => one.error.message === error.message)) this.found.push({ place, error });
  }

  /** Whether something is wrong with a place or below it. */
  public has(file: Place['file'], path: string): boolean {
    return this.found.some(({ place }) => place.file === file && place.path.startsWith(path));
  }

  /**
   * @throws AirlockError the fault with its place where there is one, else one that lists all of them, with the code of the
   *   first where all are failed checks
   */
  public throwAll(): void {
    const [first, ...others] = this.found;
    if (first === undefined) return;
    if (others.length === 0) throw placed(first.place, first.error);
    const allChecks = this.found.every(({ error }) => error.kind === 'check');
    const code: ErrorCode = allChecks ? first.error.code : 'SITE_CONTRADICTS_ITSELF';
    throw new AirlockError(code, `${this.found.length} decisions of this site contradict each other`, {
      faults: this.found.flatMap(({ place, error }): readonly SourceFault[] =>
        error.faults.length > 0
          ? error.faults
          : [
              {
                ...place,
                message: error.message,
                code: error.code,
                ...(error.fix === undefined ? {} : { fix: error.fix }),
              },
            ],
      ),
    });
  }
}

/** The same error with the place at which it can be mended. */
function placed(place: Place, error: AirlockError): AirlockError {
  if (error.faults.length > 0) return error;
  const { code, what, items, fix } = error;
  const fault = { ...place, message: what, ...(fix === undefined ? {} : { fix }) };
  return new AirlockError(code, what, { items, fix, faults: [fault], cause: error });
}
