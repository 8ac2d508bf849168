/** The cluster as `kubectl` reaches it: the client that every site has, with its kubeconfig and its login plugins. */
import { badInput, environmentFailed } from '../core/errors';
import { type ProgramOptions, runProgram } from '../core/programs';

export interface KubectlOptions {
  /**
   * Name or path of the program.
   *
   * @default 'kubectl'
   */
  readonly program?: string;
  /**
   * Path of the kubeconfig file.
   *
   * @default - what kubectl takes: KUBECONFIG, else ~/.kube/config
   */
  readonly kubeconfig?: string;
  /**
   * @default - the file's current context
   */
  readonly context?: string;
  /**
   * Its home, where it must see nothing of this process's environment: no settings of a person, no proxy.
   *
   * @default - it sees what it usually does
   */
  readonly home?: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl's own variables; those of login plugins are named in AIRLOCK_PASS_ENV. */
const SEEN = ['KUBECONFIG', 'KUBECTL_*', 'KUBERC', 'KUBERNETES_EXEC_INFO'];
/** Where it is, and how texts are written. */
const SEEN_ALONE = ['PATH', 'LANG', 'LC_*', 'TZ'];
const REQUEST_TIMEOUT = '--request-timeout=20s';
/** kubectl's words for an object that is not there (k8s.io/apimachinery, StatusReasonNotFound). */
const NOT_FOUND = /\(NotFound\)/;
/** Its words for a kind that the server does not serve (k8s.io/apimachinery, NoMatch; kubectl, "doesn't have"). */
const NO_SUCH_KIND = /the server doesn't have a resource type|no matches for kind/;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Calls kubectl; every call has a time limit of its own, and none prompts. */
export class Kubectl {
  private readonly program: string;
  private readonly base: readonly string[];
  private readonly environment: Pick<ProgramOptions, 'sees' | 'alone' | 'env'>;

  public constructor({ program = 'kubectl', kubeconfig, context, home }: KubectlOptions = {}) {
    this.program = program;
    this.environment =
      home === undefined
        ? { sees: SEEN }
        : { sees: SEEN_ALONE, alone: true, env: { HOME: home, TMPDIR: home, KUBERC: 'off' } };
    this.base = [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(context === undefined ? [] : [`--context=${context}`]),
      REQUEST_TIMEOUT,
    ];
  }

  /**
   * Runs one command and waits for its end, whatever its exit code.
   *
   * @param input what it reads from standard input
   * @throws AirlockError (input) when there is no such program
   */
  public async run(args: readonly string[], input = ''): Promise<Ran> {
    const { program } = this;
    const ran = await runProgram(program, [...this.base, ...args], { ...this.environment, input }).catch(
      (error: unknown) => {
        const { code, message } = error as NodeJS.ErrnoException;
        throw code === 'ENOENT'
          ? badInput(
              'PROGRAM_MISSING',
              `there is no program ${program}`,
              'install kubectl, or name it with --kubectl <path>',
            )
          : environmentFailed('PROGRAM_UNUSABLE', `cannot run ${program}: ${message}`, 'check its permissions', error);
      },
    );
    return { code: ran.code ?? 1, stdout: ran.stdout.toString(), stderr: ran.stderr };
  }

  /**
   * The JSON that a command prints.
   *
   * @throws AirlockError (environment) when the cluster refuses or cannot be reached
   */
  public async json<T>(args: readonly string[], input?: string): Promise<T> {
    const ran = await this.run([...args, '--output=json'], input);
    if (ran.code !== 0) throw this.failure(args, ran);
    return this.parsed(args, ran) as T;
  }

  /** One object, or undefined where there is none, or not even its kind. */
  public async find<T>(kind: string, name: string, namespace?: string): Promise<T | undefined> {
    const args = ['get', kind, name, ...(namespace === undefined ? [] : ['--namespace', namespace])];
    const ran = await this.run([...args, '--output=json']);
    if (ran.code === 0) return this.parsed(args, ran) as T;
    if (NOT_FOUND.test(ran.stderr) || NO_SUCH_KIND.test(ran.stderr)) return undefined;
    throw this.failure(args, ran);
  }

  /** All objects of a kind, of all namespaces unless one is named. */
  public async list<T>(kind: string, namespace?: string): Promise<readonly T[]> {
    const where = namespace === undefined ? ['--all-namespaces'] : ['--namespace', namespace];
    return (await this.json<{ readonly items: readonly T[] }>(['get', kind, ...where])).items;
  }

  /** Creates or changes objects by server-side apply, every unknown field refused. */
  public async apply(objects: readonly object[], fieldManager: string): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const args = ['apply', '--server-side', `--field-manager=${fieldManager}`, '--validate=strict', '--filename=-'];
    const ran = await this.run(args, list);
    if (ran.code !== 0) throw this.failure(args, ran);
  }

  private parsed(args: readonly string[], ran: Ran): unknown {
    try {
      return JSON.parse(ran.stdout) as unknown;
    } catch {
      throw this.failure(args, { ...ran, stderr: `it printed what is no JSON: ${ran.stdout.slice(0, 200)}` });
    }
  }

  private failure(args: readonly string[], { stderr, code }: Ran): Error {
    const said = lastLine(stderr) || `exit status ${String(code)}`;
    return environmentFailed(
      'KUBECTL_FAILED',
      `kubectl ${args.slice(0, 5).join(' ')}: ${said}`,
      'check that kubectl reaches the cluster: --kubeconfig, --context, and what its user may do',
    );
  }
}
