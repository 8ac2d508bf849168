/** Configuration of agentgateway in file mode. */
import type { Complaint } from '../../rules/rule';
import type { Fault } from '../fault';
import type { MountedFile } from '../files';
import { keySetFaults } from '../key-set';
import { aboutFile, aboutJson, fileOfOption, jsonOf, type Program, unreadFiles, withoutFile } from '../program';
import { type IssuerPromise, issuerPromises } from '../promises';
import { dig, elsewhere, exactly, listOf, record, textAt } from '../readers';
import { policiesReader } from './access';
import { modelFaults } from './models';
import { doorsReader, processReader } from './process';

/** Which file has the keys of an issuer; undefined where the configuration names none of the plan. */
const keysFile = (
  value: unknown,
  { issuer }: IssuerPromise,
  files: readonly MountedFile[],
): MountedFile | undefined => {
  const providers = dig(value, 'llm', 'policies', 'jwtAuth', 'providers');
  const found = (Array.isArray(providers) ? (providers as unknown[]) : []).find(
    (one) => textAt(one, 'issuer') === issuer,
  );
  return files.find(({ path }) => path === textAt(found, 'jwks', 'file'));
};

/** What the whole document says. */
export function agentgatewayFaults(value: unknown, program: Program): Fault[] {
  const isKeysOf = (issuer: IssuerPromise, path: string): boolean =>
    keysFile(value, issuer, program.files)?.path === path;
  const form = record({
    config: processReader(program),
    gateways: doorsReader(program),
    llm: record({
      gateways: exactly('default', 'models stand at the one door'),
      policies: policiesReader(program, isKeysOf),
      models: listOf(elsewhere),
      virtualModels: listOf(elsewhere),
    }),
  });
  return [...form(value, ''), ...modelFaults(dig(value, 'llm'), '/llm', program)];
}

/** @throws Unproven where only Terraform knows a value */
export function agentgatewayComplaints(program: Program): Complaint[] {
  const config = fileOfOption(program, '-f');
  if (config === undefined) return [withoutFile(program, 'the configuration of the gateway')];
  const parsed = jsonOf(config.text);
  const value = 'value' in parsed ? parsed.value : undefined;
  const keys = issuerPromises(program.context.enclave).flatMap((issuer) => {
    const file = keysFile(value, issuer, program.files);
    return file === undefined ? [] : [{ file, issuer }];
  });
  return [
    ...('fault' in parsed ? aboutFile(config, [parsed.fault]) : aboutFile(config, agentgatewayFaults(value, program))),
    ...keys.flatMap(({ file, issuer }) => aboutJson(file, (set) => keySetFaults(set, issuer.jwks))),
    ...unreadFiles(program.files, [config, ...keys.map(({ file }) => file)]),
  ];
}
