/** Which reader judges a program, by its role. */
import type { Complaint } from '../rules/rule';
import { agentgatewayComplaints } from './agentgateway';
import { collectorComplaints } from './collector';
import { devicePluginComplaints } from './device-plugin';
import { kitComplaints } from './kit';
import { litellmComplaints } from './litellm';
import { type Program, unreadFiles } from './program';
import { rateLimitComplaints } from './rate-limit';
import type { Role } from './roles';
import { traceDatabaseComplaints } from './trace-database';
import { traceStoreComplaints } from './trace-store';

const nothingKnown = ({ files }: Program): Complaint[] => unreadFiles(files, []);

const gateway = (program: Program): Complaint[] =>
  program.context.site.gateway?.software === 'litellm' ? litellmComplaints(program) : agentgatewayComplaints(program);

const JUDGES: Readonly<Record<Role, (program: Program) => Complaint[]>> = {
  gateway,
  'rate-limit': rateLimitComplaints,
  collector: collectorComplaints,
  'trace-store': traceStoreComplaints,
  'trace-database': traceDatabaseComplaints,
  'device-plugin': devicePluginComplaints,
  kit: kitComplaints,
  engine: nothingKnown,
  quiet: nothingKnown,
};

/** Programs that do nothing without a configuration, and are judged also where no file is mounted. */
export const CONFIGURED: readonly Role[] = [
  ...(['gateway', 'rate-limit', 'collector', 'trace-store', 'trace-database', 'device-plugin'] as const),
];

/** @throws Unproven where only Terraform knows a value */
export const programComplaints = (role: Role, program: Program): Complaint[] => JUDGES[role](program);
