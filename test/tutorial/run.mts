/**
 * `npm run test:tutorial`: docs/tutorial.md from the first block to the answered call, in a network without a route.
 *
 * The upstreams are stand-ins. What needs a kubelet or the providers' own binaries is skipped, and that is said; in its place the
 * containers of the plan run as programs: the kit, the real llama.cpp, the real LiteLLM.
 */
import path from 'node:path';
import { installDebianPackages } from '../harness/debian.mjs';
import { isInside, raiseLoopback, requireNoRoute, runInside } from '../harness/network-namespace.mjs';
import { run, startService } from '../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { print, runSuites, runToStatus } from '../harness/tier.mjs';
import { installLlamaServer } from '../real-engines/install/llama-server.mjs';
import { installLitellm } from '../real-gateways/gateways/litellm.mjs';
import { ownHosts } from './names.mjs';
import { newUser } from './new-user.js';
import { tutorial } from './page.js';
import { runPlan } from './plan.mjs';
import { skipped, stepLine, walk, type Way, wayLine } from './walk.js';

const PACKAGES = ['cmake=3.25*', 'g++=4:12.2*', 'iproute2=6.1*'];
/** What `kubectl port-forward` of the page listens on. */
const FORWARDED = { host: '127.0.0.1', port: 8080 };

/** An answer of the gateway, as OpenAI's interface has it. */
interface Answer {
  readonly choices: readonly { readonly message: { readonly content: string | null } }[];
  readonly usage: { readonly completion_tokens: number };
}

async function checkCalls(suite: Suite, [answered = '', refused = '']: readonly string[]): Promise<void> {
  await suite.check('the call is answered', () => {
    const { choices, usage } = JSON.parse(answered) as Answer;
    expect(choices.length === 1 && usage.completion_tokens > 0, `no answer: ${answered}`);
    const said = JSON.stringify(choices[0]?.message.content ?? '');
    return Promise.resolve(`${String(usage.completion_tokens)} tokens: ${said}; random weights say nothing sensible`);
  });
  await suite.check('without the key it is refused', () => {
    expectEqual(refused.trim(), '401', 'status');
    return Promise.resolve('401');
  });
}

async function theWay(suite: Suite): Promise<string> {
  const home = await makeFolder('tutorial');
  const blocks = tutorial();
  const { shell, values, goFar, end } = await newUser(blocks, home);
  const hosts = await ownHosts();
  await hosts.add({ 'registry.first.internal': '127.0.0.1' });
  const hasTerraform = (await run('terraform', ['version']).catch(() => undefined))?.code === 0;
  const calls: string[] = [];
  const otherwise: Way['otherwise'] = {
    checkout: skipped('done before any test'),
    cluster: skipped('needs an API server, a kubelet and the binaries of the providers'),
    far: goFar,
    stays: async ({ code }) => {
      const [program = '', ...args] = shell.script(code);
      const { output } = await startService(program, args, { ready: (said) => said.includes('https://') });
      return { outcome: 'typed', said: output() };
    },
    terraform: async ({ code }) => {
      const said = await shell.mustType(code);
      const done = said.match(/Terraform has been successfully initialized/g)?.length ?? 0;
      expectEqual(done, 5, `stacks that Terraform initialized\n${said}`);
      return { outcome: 'typed', said };
    },
    ...(hasTerraform ? {} : { terraform: skipped('there is no terraform') }),
    call: async ({ code }) => {
      const [plan, kit] = [path.join(home, 'far/first/cdktf.out'), path.join(home, 'far/airlock.mjs')];
      if (calls.length === 0)
        await suite.check('the pods of the plan run, as programs of this machine', () =>
          runPlan(plan, { kit, hosts, forwarded: FORWARDED }),
        );
      calls.push(await shell.mustType(code));
      return { outcome: 'typed', said: calls.at(-1) ?? '' };
    },
  };
  try {
    const steps = await walk(blocks, {
      ...{ shell, values, otherwise },
      tell: (step) => {
        if (step.outcome === 'skipped') suite.skip(`line ${String(step.line)}: ${step.what}`, step.said);
        else print(`        ${stepLine(step)}`);
      },
    });
    await checkCalls(suite, calls);
    return wayLine(steps);
  } finally {
    await hosts.end();
    await end();
  }
}

async function inside(): Promise<void> {
  await runSuites(async (report) => {
    const suite = report.suite('tutorial');
    await suite.check('no route leads out of it', async () => {
      await raiseLoopback();
      return requireNoRoute();
    });
    await suite.check('the page, block by block', () => theWay(suite));
  }, []);
}

async function outside(): Promise<number> {
  print(`install: Debian packages: ${await installDebianPackages(PACKAGES)}`);
  print(`install: LiteLLM: ${await installLitellm()}`);
  print(`install: llama.cpp: ${await installLlamaServer()}`);
  return runInside('--mount');
}

if (isInside()) await inside();
else await runToStatus(outside);
