/** Upstream's own fixtures: pods that the server admits, and that it refuses, by profile and version. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { PodTemplate } from '../../audit/kubernetes/pods.js';
import { jsonNode } from '../../audit/plan/node.js';
import type { Profile } from '../../audit/pod-security/profile.js';

export interface Fixture {
  readonly file: string;
  readonly profile: Profile;
  /** Minor version of the policy. */
  readonly minor: number;
  readonly admitted: boolean;
  readonly pod: PodTemplate;
}

const PATH = /^(?<profile>baseline|restricted)\/v1\.(?<minor>\d+)\/(?<verdict>pass|fail)\/[^/]+\.yaml$/;

/** @param folder `test/testdata` of k8s.io/pod-security-admission */
export async function readFixtures(folder: string): Promise<readonly Fixture[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file): Promise<Fixture> => {
      const { profile, minor, verdict } = PATH.exec(file)?.groups ?? {};
      if (profile === undefined || minor === undefined)
        throw new Error(`${file} does not say of which profile and version it is`);
      const root = jsonNode(parse(await readFile(path.join(folder, file), 'utf8')), { pointer: '' });
      return {
        ...{ file, profile: profile as Profile, minor: Number(minor), admitted: verdict === 'pass' },
        pod: { root, subject: 'Pod', object: {} } as unknown as PodTemplate,
      };
    }),
  );
}
