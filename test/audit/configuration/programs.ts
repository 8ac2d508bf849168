/** Programs of synthesized plans, to be judged after a change. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mountedFiles } from '../../../audit/configuration/files';
import { programComplaints } from '../../../audit/configuration/judge-program';
import type { Program } from '../../../audit/configuration/program';
import { type Role, roleOf } from '../../../audit/configuration/roles';
import { auditContext } from '../../../audit/evaluate';
import { readLeftFiles } from '../../../audit/files/read-left-files';
import { plainValue } from '../../../audit/kubernetes/plain';
import { containersOf } from '../../../audit/kubernetes/pods';
import { buildPlan } from '../../../audit/plan/build-plan';
import { jsonNode } from '../../../audit/plan/node';
import { readPlanFiles } from '../../../audit/plan/read-files';
import type { AuditContext, Complaint } from '../../../audit/rules/rule';
import { blueprintOf } from '../../../blueprint/blueprint';
import { synthesize } from '../../../stacks/app';
import type { Inputs } from '../../stacks/synthesized';

/** A program with its role. */
export interface Known {
  readonly role: Role;
  readonly program: Program;
}

/** What the audit reads of the plan of a site. */
export async function contextOf(inputs: Inputs): Promise<AuditContext> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-configuration-'));
  try {
    synthesize({ blueprint: blueprintOf(inputs), outdir: folder });
    const files = await readPlanFiles(folder);
    return auditContext(buildPlan(files, await readLeftFiles(folder, files)), inputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const programsOf = (context: AuditContext): Known[] =>
  context.pods.flatMap((pod) =>
    containersOf(pod).flatMap((container): Known[] => {
      const role = roleOf(container, context);
      if (role === undefined) return [];
      const { files } = mountedFiles(container, context, () => true);
      return [{ role, program: { container, files, context } }];
    }),
  );

export function programOf(context: AuditContext, role: Role, pod = ''): Known {
  const found = programsOf(context).find((one) => one.role === role && one.program.container.pod.subject.includes(pod));
  if (found === undefined) throw new Error(`the plan has no ${role}`);
  return found;
}

/** What is said where one file has another text. */
export const withText = ({ role, program }: Known, name: string, text: string): Complaint[] =>
  programComplaints(role, {
    ...program,
    files: program.files.map((file) => (file.path.endsWith(`/${name}`) ? { ...file, text } : file)),
  });

/** The container as plain JSON. */
export const containerOf = ({ program }: Known): Record<string, unknown> =>
  plainValue(program.container.node) as Record<string, unknown>;

/** What is said of another container in the same pod. */
export function withContainer({ role, program }: Known, container: unknown): Complaint[] {
  const node = jsonNode(container, program.container.node.where);
  return programComplaints(role, { ...program, container: { ...program.container, node } });
}

/** Text of one of its files. */
export function textOf({ program }: Known, name: string): string {
  const file = program.files.find(({ path: place }) => place.endsWith(`/${name}`));
  if (file === undefined) throw new Error(`nothing is mounted as ${name}`);
  return file.text;
}
