/** All that contradicts itself, said at once. */
import { AirlockError, type ErrorCode, type SourceFault } from '../core/errors';

/** Where a person can change a decision: one of the three files, and a path in it. */
export interface Place {
  readonly file: 'site.yaml' | 'enclave.yaml' | 'airlock.lock.json';
  /** e.g. `servings[0].engine`; empty for the file as a whole. */
  readonly path: string;
}

/** Collects faults of decisions that do not wait for each other. */
export class Faults {
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
      this.found.push({ place, error });
      return undefined;
    }
  }

  /** @throws AirlockError the fault where there is one, else one that lists all of them, with the code of the first where all are failed checks */
  public throwAll(): void {
    const [first, ...others] = this.found;
    if (first === undefined) return;
    if (others.length === 0) throw first.error;
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
