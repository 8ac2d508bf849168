/** Configuration of the rate-limit service: the budgets of people, and nothing beside. */
import { windowUnit } from '../../catalog/rate-limit';
import { DESCRIPTOR, RATE_LIMIT_DOMAIN } from '../../gateway/rate-limit/descriptors';
import { RATE_LIMIT_CONFIG_FOLDER } from '../../gateway/rate-limit/service';
import type { Complaint } from '../rules/rule';
import { broken, type Fault, type Reader, strange } from './fault';
import { aboutFile, type Program, unreadFiles, withoutFile } from './program';
import { plainYaml } from './plain-yaml';
import { type IssuerPromise, issuerPromises } from './promises';
import { elsewhere, exactly, listAt, listOf, object, oneItem, record, textAt, under } from './readers';

/** Everybody of an issuer, each with a count of one's own. */
const personReader = (tokens: number, window: string): Reader =>
  record({
    key: exactly(DESCRIPTOR.subject, 'tokens are not counted by person'),
    rate_limit: record({
      unit: exactly(windowUnit(window), 'the budget is of another window'),
      requests_per_unit: exactly(tokens, 'the budget is another than the enclave gives'),
    }),
  });

/** Budgets of a window. */
function windowReader(window: string, issuers: readonly IssuerPromise[]): Reader {
  const asked = issuers.flatMap(({ name, budgets }) =>
    budgets.filter((budget) => budget.window === window).map(({ tokens }) => ({ name, tokens })),
  );
  return (value, pointer) => {
    const items = listAt(value, 'descriptors');
    return [
      ...record({ key: elsewhere, value: elsewhere, descriptors: listOf(elsewhere) })(value, pointer),
      ...items.flatMap((item, at): readonly Fault[] => {
        const place = under(`${pointer}/descriptors`, at);
        const found = asked.find(({ name }) => name === textAt(item, 'value'));
        if (found === undefined) return [strange(place, 'the enclave gives no such budget', 'remove it', item)];
        return record({
          key: exactly(DESCRIPTOR.issuer, 'tokens are not counted by issuer'),
          value: elsewhere,
          descriptors: oneItem(personReader(found.tokens, window)),
        })(item, place);
      }),
      ...asked
        .filter(({ name }) => items.filter((item) => textAt(item, 'value') === name).length !== 1)
        .map(({ name }) =>
          broken(
            `${pointer}/descriptors`,
            `the budget of ${name} in ${window} does not stand here once`,
            'write it once',
          ),
        ),
    ];
  };
}

/** What the whole document says. */
export function rateLimitFaults(value: unknown, issuers: readonly IssuerPromise[]): Fault[] {
  const windows = [...new Set(issuers.flatMap(({ budgets }) => budgets.map(({ window }) => window)))];
  const items = listAt(value, 'descriptors');
  return [
    ...object({
      needed: {
        domain: exactly(RATE_LIMIT_DOMAIN, 'the gateway asks under another name'),
        descriptors: listOf(elsewhere),
      },
    })(value, ''),
    ...items.flatMap((item, at): readonly Fault[] => {
      const place = under('/descriptors', at);
      const window = windows.find((name) => name === textAt(item, 'value'));
      return window === undefined || textAt(item, 'key') !== DESCRIPTOR.window
        ? [strange(place, 'nobody has a budget in this window', 'remove it', item)]
        : windowReader(window, issuers)(item, place);
    }),
    ...windows
      .filter((window) => items.filter((item) => textAt(item, 'value') === window).length !== 1)
      .map((window) => broken('/descriptors', `budgets in ${window} do not stand here once`, 'write them once')),
  ];
}

/** @throws Unproven where only Terraform knows a value */
export function rateLimitComplaints(program: Program): Complaint[] {
  const files = program.files.filter(({ path }) => path.startsWith(`${RATE_LIMIT_CONFIG_FOLDER}/`));
  const [config] = files;
  if (config === undefined || files.length > 1)
    return [withoutFile(program, 'the one configuration of the rate-limit service')];
  const parsed = plainYaml(config.text);
  const issuers = issuerPromises(program.context.enclave);
  return [
    ...aboutFile(config, 'fault' in parsed ? [parsed.fault] : rateLimitFaults(parsed.value, issuers)),
    ...unreadFiles(program.files, files),
  ];
}
