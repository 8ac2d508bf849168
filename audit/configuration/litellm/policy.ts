/** The policy file of the door before LiteLLM: who may call what, which fields pass, what is looked for in them. */
import { CHAT_ANSWER, REQUEST_FIELDS } from '../../../gateway/fields';
import { MODELS_PATH, PATHS } from '../../../gateway/policy';
import type { Fault, Reader } from '../fault';
import { broken } from '../fault';
import { isKept } from '../kept-folder';
import type { Program } from '../program';
import { type KeyPromise, keyPromises, type WorkflowPromise, workflowPromises } from '../promises';
import { exactly, listAt, object, record, textAt, textsOf, under } from '../readers';

/** Paths by which probes ask, which hold nothing of a call. */
const PROBES = ['/health/readiness', '/health/liveliness'];

const keyReader = ({ name, hash, workflows, budgets }: KeyPromise): Reader =>
  record({
    name: exactly(name, 'the name is not that of the key in the enclave'),
    hash: exactly(hash, 'the enclave declares no such key'),
    workflows: textsOf(workflows, 'the key opens other workflows than the enclave says'),
    budgets: exactly(budgets, 'the key has other budgets than the enclave gives it'),
  });

/** Fields that the gateway sets by itself: a caller who writes one is refused. */
const ownedBy = ({ servings, failover }: WorkflowPromise): string[] => [
  ...new Set([...servings, ...failover].flatMap(({ fields }) => Object.keys(fields))),
];

function workflowReader(workflow: WorkflowPromise, patterns: readonly unknown[]): Reader {
  const { name, paths, streaming, redaction } = workflow;
  const looked: Reader = (value, pointer) => {
    const found = Array.isArray(value)
      ? (value as unknown[]).map((at) => (Number.isInteger(at) ? patterns[Number(at)] : undefined))
      : [];
    const texts = found.map((one) => JSON.stringify(one));
    return textsOf(
      (redaction?.patterns ?? []).map((one) => JSON.stringify([one.name, one.pattern])),
      'other personal data is looked for than the site says',
    )(texts, pointer);
  };
  return object({
    needed: {
      name: exactly(name, 'it is another workflow'),
      paths: textsOf(paths, 'it opens other paths than the workflow offers'),
      streaming: exactly(streaming, 'streams pass, or not, against what the site says'),
      owned: textsOf(ownedBy(workflow), 'callers may set what the gateway sets'),
      ...(redaction === undefined
        ? {}
        : {
            redaction: record({
              patterns: looked,
              requests: exactly(redaction.requests, 'requests are treated in another way than the site says'),
              responses: exactly(redaction.responses, 'answers are treated in another way than the site says'),
            }),
          }),
    },
  });
}

/** Items of a list, each found by its name, each once. */
const named =
  <T extends { readonly name: string }>(wanted: readonly T[], readerOf: (one: T) => Reader, noun: string): Reader =>
  (value, pointer) => {
    const items = Array.isArray(value) ? (value as unknown[]) : [];
    return [
      ...items.flatMap((item, at): readonly Fault[] => {
        const found = wanted.find(({ name }) => name === textAt(item, 'name'));
        const place = under(pointer, at);
        return found === undefined
          ? [broken(place, `there is no such ${noun}`, 'remove it', textAt(item, 'name'))]
          : readerOf(found)(item, place);
      }),
      ...wanted
        .filter(({ name }) => items.filter((item) => textAt(item, 'name') === name).length !== 1)
        .map(({ name }) => broken(pointer, `${noun} ${name} does not stand here once`, 'write it once')),
    ];
  };

/** What the whole document says. */
export function policyFaults(value: unknown, program: Program): Fault[] {
  const { site, enclave } = program.context;
  const [workflows, keys] = [workflowPromises(site), keyPromises(enclave)];
  const offered = [...new Set(workflows.flatMap(({ paths }) => paths))];
  const counts = keys.some(({ budgets }) => budgets.length > 0);
  const ledger: Reader = (path, pointer) =>
    !counts || isKept(program, path)
      ? []
      : [broken(pointer, 'budgets do not outlive the pod', 'keep them in a file in a claim', path)];
  const fields = Object.fromEntries(
    Object.entries(PATHS)
      .filter(([, path]) => offered.includes(path))
      .map(([name, path]) => [path, REQUEST_FIELDS[name as keyof typeof REQUEST_FIELDS]]),
  );
  const patterns = listAt(value, 'patterns');
  const used = new Set(
    listAt(value, 'workflows').flatMap((one) => listAt(one, 'redaction', 'patterns').map((at) => String(at))),
  );
  return [
    ...record({
      ledger,
      modelsPath: exactly(MODELS_PATH, 'the list of models is elsewhere'),
      paths: textsOf(offered, 'other paths are open than the workflows offer'),
      fields: exactly(fields, 'fields pass that nobody read, or are refused'),
      answer: exactly(CHAT_ANSWER, 'fields of answers pass that nobody read'),
      patterns: (list, pointer) =>
        Array.isArray(list) && list.every((one, at) => used.has(String(at)) && Array.isArray(one) && one.length === 2)
          ? []
          : [broken(pointer, 'no workflow looks for one of these', 'remove it')],
      workflows: named(workflows, (one) => workflowReader(one, patterns), 'workflow'),
      keys: named(keys, keyReader, 'key'),
      probes: textsOf(PROBES, 'other paths are open without a key'),
    })(value, ''),
  ];
}
