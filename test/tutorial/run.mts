/**
 * `npm run test:tutorial`: docs/tutorial.md from the first block to the answered call, in a network without a route.
 *
 * The upstreams are stand-ins. What needs a kubelet or the providers' own binaries is skipped, and that is said; in its place the
 * containers of the plan run as programs: the kit, the real llama.cpp, the real LiteLLM.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Container, ServiceSpec } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../audit/kubernetes/plain.js';
import { plannedObjects } from '../../cluster/planned-objects.js';
import { installDebianPackages } from '../harness/debian.mjs';
import { isInside, raiseLoopback, requireNoRoute, runInside } from '../harness/network-namespace.mjs';
import { run, startService } from '../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../harness/report.mjs';
import { makeFolder } from '../harness/scratch.mjs';
import { print, runSuites, runToStatus } from '../harness/tier.mjs';
import { startWorld } from '../outside-world/world.js';
import { installLlamaServer, LLAMA_SERVER } from '../real-engines/install/llama-server.mjs';
import { installLitellm, LITELLM } from '../real-gateways/gateways/litellm.mjs';
import { relay, writeHosts } from './names.mjs';
import { filledIn, ROOT, tutorial } from './page.js';
import { podsOf, startPod } from './pods.mjs';
import { Shell } from './shell.js';
import { upstreamsOf } from './upstreams.js';
import { skipped, stepLine, walk, wayLine } from './walk.js';

const REVIEW = { reviewedBy: 'counsel@first.example', reviewedOn: '2026-11-02', owner: 'platform@first.example' };
const REGISTRY = 'registry.first.internal';
/** What `kubectl port-forward` of the page listens on. */
const FORWARDED = { host: '127.0.0.1', port: 8080 };
const PACKAGES = ['cmake=3.25*', 'g++=4:12.2*', 'iproute2=6.1*'];

const serviceName = ({ metadata }: PlainObject): string => `${metadata.name}.${metadata.namespace ?? ''}.svc`;

/** Starts every pod of the plan behind its Services, in the order in which they wait for each other. */
async function runPlan(plan: string, kit: string): Promise<string> {
  const { objects } = await plannedObjects(plan);
  const services = objects.filter(({ kind }) => kind === 'Service');
  const addresses = Object.fromEntries(services.map((one, at) => [serviceName(one), `127.2.0.${String(at + 1)}`]));
  await writeHosts({ [REGISTRY]: '127.0.0.1', ...addresses });
  const programOf = ({ image = '' }: Container): readonly string[] | undefined => {
    if (image.includes('/airlock/kit@')) return [process.execPath, kit];
    if (image.includes('/llama.cpp@')) return [LLAMA_SERVER];
    return image.includes('/litellm') ? [LITELLM.command] : undefined;
  };
  const order = ['airlock-mirror', 'airlock-serving', 'airlock-gateway'];
  const pods = podsOf(objects).sort(
    (a, b) => order.indexOf(a.name.split('/')[0] ?? '') - order.indexOf(b.name.split('/')[0] ?? ''),
  );
  for (const [at, pod] of pods.entries()) {
    const address = `127.1.0.${String(at + 1)}`;
    await startPod(pod, { objects, programOf, address });
    for (const service of services) {
      const { selector = {}, ports = [] } = service['spec'] as ServiceSpec;
      if (!Object.entries(selector).every(([key, value]) => pod.labels[key] === value)) continue;
      for (const { port, targetPort } of ports) {
        const named = pod.spec.containers.flatMap(({ ports: all = [] }) => all).find(({ name }) => name === targetPort);
        const to = { host: address, port: named?.containerPort ?? Number(targetPort) };
        await relay({ host: addresses[serviceName(service)] ?? '', port }, to);
        if (serviceName(service).startsWith('gateway.')) await relay(FORWARDED, to);
      }
    }
  }
  return pods.map(({ name }) => name).join(', ');
}

const hashIn = (file: string): { hash?: string } => {
  try {
    return { hash: (JSON.parse(readFileSync(file, 'utf8')) as { hash: string }).hash };
  } catch {
    return {};
  }
};

async function theWay(suite: Suite): Promise<string> {
  const home = await makeFolder('tutorial');
  const shell = new Shell(ROOT, { HOME: home, PATH: process.env['PATH'] ?? '', CHECKPOINT_DISABLE: '1' });
  const blocks = tutorial();
  const site = blocks.find(({ words }) => words.includes('site.yaml'));
  const world = await startWorld(await upstreamsOf(filledIn(site?.code ?? '', REVIEW)));
  await writeHosts({ [REGISTRY]: '127.0.0.1' });
  shell.add({ ...world.environment, DOCKER_CONFIG: path.join(home, 'no-docker-config') });
  const hasTerraform = (await run('terraform', ['version']).catch(() => undefined))?.code === 0;
  const calls: string[] = [];
  const type = async (code: string): Promise<string> => {
    const { code: status, stdout, stderr } = await shell.type(code);
    expect(status === 0, `ended with status ${String(status)}:\n${stdout}${stderr}`);
    return `${stdout}${stderr}`;
  };
  const cluster = 'needs an API server, a kubelet and the binaries of the providers';
  try {
    const steps = await walk(blocks, {
      shell,
      values: () => ({ ...REVIEW, ...hashIn(path.join(home, 'far/desk.json')) }),
      otherwise: {
        checkout: skipped('done before any test'),
        cluster: skipped(cluster),
        far: async ({ code }) => {
          await world.close();
          shell.remove(Object.keys(world.environment));
          return { outcome: 'typed', said: await type(code) };
        },
        stays: async ({ code }) => {
          const [program = '', ...args] = shell.script(code);
          const { output } = await startService(program, args, { ready: (said) => said.includes('https://') });
          return { outcome: 'typed', said: output() };
        },
        terraform: hasTerraform
          ? async ({ code }) => {
              const said = await type(code);
              const done = said.match(/Terraform has been successfully initialized/g)?.length ?? 0;
              expectEqual(done, 5, `stacks that Terraform initialized\n${said}`);
              return { outcome: 'typed', said };
            }
          : skipped('there is no terraform'),
        call: async ({ code }) => {
          if (calls.length === 0)
            await suite.check('the pods of the plan run, as programs of this machine', () =>
              runPlan(path.join(home, 'far/first/cdktf.out'), path.join(home, 'far/airlock.mjs')),
            );
          const said = await type(code);
          calls.push(said);
          return { outcome: 'typed', said };
        },
      },
      tell: (step) => {
        print(`  ${stepLine(step)}`);
        if (step.outcome === 'skipped') suite.skip(`line ${String(step.line)}: ${step.what}`, step.said);
      },
    });
    const [answered = '', refused = ''] = calls;
    await suite.check('the call is answered', () => {
      const { choices } = JSON.parse(answered) as { choices: { message: { content: string } }[] };
      const text = choices[0]?.message.content ?? '';
      expect(text !== '', `an empty answer: ${answered}`);
      return Promise.resolve(`${String(text.length)} characters; random weights say nothing sensible`);
    });
    await suite.check('without the key it is refused', () => {
      expectEqual(refused.trim(), '401', 'status');
      return Promise.resolve('401');
    });
    return wayLine(steps);
  } finally {
    await world.close().catch(() => undefined);
    shell.end();
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
