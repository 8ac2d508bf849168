import type { Digest } from '../../core/digest';

/** A finding that a person accepts, for a time. */
export interface Waiver {
  /** Id of the rule, `AIR-POD-1`, or of one check of it, `AIR-POD-1[hostPorts]`. */
  readonly rule: string;
  /** The subject exactly as the finding names it. */
  readonly subject: string;
  /**
   * Digest of the value that is accepted, as the finding shows it; another value is another finding. Waivers that were written
   * before they bound a value lack it, and accept nothing any more.
   */
  readonly accepts?: Digest;
  readonly reason: string;
  /** Who answers for it. */
  readonly approver: string;
  /** Last day on which it holds, YYYY-MM-DD. */
  readonly expires: string;
}
