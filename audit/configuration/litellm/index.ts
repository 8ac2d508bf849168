/** Configuration of LiteLLM's proxy, the policy of the door before it, and the program that enforces it. */
import path from 'node:path';
import type { Complaint } from '../../rules/rule';
import { strange } from '../fault';
import type { MountedFile } from '../files';
import { aboutFile, aboutJson, fileOfOption, type Program, unreadFiles, withoutFile } from '../program';
import { isReviewed } from '../reviewed-programs';
import { policyFaults } from './policy';
import { litellmFaults } from './settings';

/** Name by which the configuration loads the program, and the file that the program reads beside it. */
const MODULE = 'airlock_policy.py';
const POLICY = 'policy.json';

const unreviewed = strange('', 'the program was not reviewed', `mount ${MODULE} as the kit has it`);

/** @throws Unproven where only Terraform knows a value */
export function litellmComplaints(program: Program): Complaint[] {
  const config = fileOfOption(program, '--config');
  if (config === undefined) return [withoutFile(program, 'the configuration of the gateway')];
  const beside = (name: string): MountedFile | undefined =>
    program.files.find((file) => file.path === path.posix.join(path.posix.dirname(config.path), name));
  const [code, policy] = [beside(MODULE), beside(POLICY)];
  return [
    // JSON is YAML, and every version of YAML reads it alike.
    ...aboutJson(config, (value) => litellmFaults(value, program)),
    ...(code === undefined
      ? [withoutFile(program, 'the program that asks for keys')]
      : aboutFile(code, isReviewed('litellm-policy', code.text) ? [] : [unreviewed])),
    ...(policy === undefined
      ? [withoutFile(program, 'the policy of the gateway')]
      : aboutJson(policy, (value) => policyFaults(value, program))),
    ...unreadFiles(
      program.files,
      [config, code, policy].filter((file) => file !== undefined),
    ),
  ];
}
