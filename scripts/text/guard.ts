/** A guard that runs, as people read it. */
import { type Line, show } from '../../core/visible';
import type { Role } from '../../guard/config/policy';

/** What `--json` prints of it. */
export interface GuardSummary {
  readonly role: Role;
  /** As bound. */
  readonly listening: string;
  /** Public model names. */
  readonly workflows: readonly string[];
}

/** The first line of a guard, on which scripts wait. */
export const guardLine = ({ role, listening, workflows }: GuardSummary): Line =>
  show`${role} listening on ${listening}; workflows: ${workflows.join(', ')}`;
