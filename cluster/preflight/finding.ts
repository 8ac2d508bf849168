/** What a preflight check found. */

/** `warn` does not stop a deployment: the cluster can take it, less well than meant. */
export type Status = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** Short name of the check, e.g. `version`. */
  readonly check: string;
  readonly status: Status;
  /** What was looked at, e.g. `node gpu-01`. */
  readonly subject: string;
  readonly message: string;
  /** What to do; with `warn` and `fail`. */
  readonly fix?: string;
}

const FINDINGS =
  (status: Status) =>
  (check: string, subject: string, message: string, fix?: string): Finding => ({
    check,
    status,
    subject,
    message,
    ...(fix === undefined ? {} : { fix }),
  });

export const ok = FINDINGS('ok');
export const warn = FINDINGS('warn');
export const fail = FINDINGS('fail');
