/**
 * The one error type of the kit. Functions throw it; only `scripts/` turn it into text and an exit code.
 *
 * The code says what kind of fault it is, for programs and for the page of errors; `what` states what was wrong here, with the
 * value; `fix` states the allowed form or the next step.
 */
import {
  type CodeOf,
  ERROR_CODES,
  type ErrorCode,
  type ErrorCodeFacts,
  EXIT_CODES,
  type FailureKind,
} from './error-codes';

export { type CodeOf, type ErrorCode, EXIT_CODES, type FailureKind } from './error-codes';

/** One fault in a file that a person wrote; line and column count from 1, and are absent where only the path is known. */
export interface SourceFault {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Path of the value inside the document, e.g. `models[0].source.revision`. */
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
  /** Absent for what the form of the file rules out. */
  readonly code?: ErrorCode;
}

/** What an error says beside its message. */
export interface AirlockErrorDetails {
  /** @default - what the table of codes says, unless there are faults, which have their own */
  readonly fix?: string | undefined;
  readonly faults?: readonly SourceFault[];
  /** What the message is about, one by one: each is shown in a line of its own below it. */
  readonly items?: readonly string[];
  readonly cause?: unknown;
}

/** Everything that the kit refuses: what was wrong, with a code that stays, and how to mend it. */
export class AirlockError extends Error {
  public readonly kind: FailureKind;
  public readonly fix: string | undefined;
  public readonly faults: readonly SourceFault[];
  public readonly items: readonly string[];

  public constructor(
    public readonly code: ErrorCode,
    /** The message without its items. */
    public readonly what: string,
    details: AirlockErrorDetails = {},
  ) {
    super(
      [what, ...(details.items ?? [])].join('\n  '),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    const facts: ErrorCodeFacts = ERROR_CODES[code];
    this.name = 'AirlockError';
    this.kind = facts.kind;
    this.faults = details.faults ?? [];
    this.items = details.items ?? [];
    this.fix = details.fix ?? (this.faults.length > 0 ? undefined : facts.fix);
  }

  /** Process exit code that this failure maps to. */
  public get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The check was made and says no: damaged, untrusted, violated, out of date. */
export const checkFailed = (code: CodeOf<'check'>, what: string, fix?: string): AirlockError =>
  new AirlockError(code, what, { fix });

/** Misuse or broken input: the user can mend it in a file or on the command line. */
export const badInput = (code: CodeOf<'input'>, what: string, fix?: string): AirlockError =>
  new AirlockError(code, what, { fix });

/** The environment failed: network, credentials, disk. */
export const environmentFailed = (
  code: CodeOf<'environment'>,
  what: string,
  fix?: string,
  cause?: unknown,
): AirlockError => new AirlockError(code, what, { fix, cause });

/** A fault of Airlock itself: what it made is not what it needs. */
export const internalFault = (what: string): AirlockError => new AirlockError('INTERNAL', what);
