/**
 * The one error type of the kit. Functions throw it; only `scripts/` turn it into text and an exit code.
 *
 * `what` states what was wrong, with the value; `fix` states the allowed form or the next step.
 */

/** Exit codes of every command: 1 the check says no, 2 misuse or broken input, 3 the environment failed. */
export type FailureKind = 'check' | 'input' | 'environment';

export const EXIT_CODES: Readonly<Record<FailureKind, number>> = { check: 1, input: 2, environment: 3 };

/** One fault in a file that a person wrote; line and column count from 1, and are absent where only the path is known. */
export interface SourceFault {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Path of the value inside the document, e.g. `models[0].source.revision`. */
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
}

export interface AirlockErrorDetails {
  readonly fix?: string;
  readonly faults?: readonly SourceFault[];
  readonly cause?: unknown;
}

/** Shared by every copy of this module: a loader may evaluate it once as CommonJS and once as an ES module. */
const BRAND = Symbol.for('airlock.error');

export class AirlockError extends Error {
  public readonly [BRAND] = true;
  public readonly fix: string | undefined;
  public readonly faults: readonly SourceFault[];

  public constructor(
    public readonly kind: FailureKind,
    what: string,
    details: AirlockErrorDetails = {},
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AirlockError';
    this.fix = details.fix;
    this.faults = details.faults ?? [];
  }

  /** `instanceof` holds across copies of this module. */
  public static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Process exit code that this failure maps to. */
  public get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The check was made and says no: damaged, untrusted, violated, out of date. */
export const checkFailed = (what: string, fix?: string): AirlockError =>
  new AirlockError('check', what, fix === undefined ? {} : { fix });

/** Misuse or broken input: the user can mend it in a file or on the command line. */
export const badInput = (what: string, fix?: string): AirlockError =>
  new AirlockError('input', what, fix === undefined ? {} : { fix });

/** The environment failed: network, credentials, disk. */
export const environmentFailed = (what: string, fix?: string, cause?: unknown): AirlockError =>
  new AirlockError('environment', what, { ...(fix === undefined ? {} : { fix }), cause });
