/** The real registry (Debian's docker-registry) on a loopback port of its own. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answers, type Service, startService } from '../../harness/processes.mjs';

export interface DockerRegistry extends Service {
  /** `127.0.0.1:port`. */
  readonly authority: string;
  /** File of its settings. */
  readonly config: string;
  /** Folder of what it holds. */
  readonly data: string;
}

/** Starts it on what `folder` holds of an earlier one. */
export async function startDockerRegistry(folder: string): Promise<DockerRegistry> {
  const config = path.join(folder, 'registry.yml');
  const data = path.join(folder, 'registry');
  const settings = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
  };
  await writeFile(config, JSON.stringify(settings)); // YAML reads JSON
  const address = (output: string): string | undefined => /listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
  const service = await startService('docker-registry', ['serve', config], {
    env: { OTEL_TRACES_EXPORTER: 'none' },
    ready: async (output) => {
      const found = address(output);
      return found !== undefined && (await answers(`http://${found}/v2/`));
    },
  });
  return { ...service, authority: address(service.output()) ?? '', config, data };
}
