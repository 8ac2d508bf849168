import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dockerCredentials } from '../../../offline-bundle/oci/docker-credentials';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-docker-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const configured = async (config: unknown): Promise<ReturnType<typeof dockerCredentials>> => {
  await writeFile(path.join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return dockerCredentials(folder, { PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}` });
};
const helper = async (name: string, script: string): Promise<void> => {
  const file = path.join(folder, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
};
const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString('base64') });

describe('credentials of the Docker config', () => {
  it('are none without a file', async () => {
    expect(await dockerCredentials(path.join(folder, 'missing'))('ghcr.io')).toBeUndefined();
  });

  it('are read from base64, and a password may hold colons', async () => {
    const find = await configured({ auths: { 'ghcr.io': auth('me:a:b:c') } });
    expect(await find('ghcr.io')).toEqual({ kind: 'basic', username: 'me', password: 'a:b:c' });
    expect(await find('quay.io')).toBeUndefined();
  });

  it('belong to a host with its port, and to no other', async () => {
    const find = await configured({ auths: { 'https://registry.example:5000/v2/': auth('me:secret') } });
    expect(await find('Registry.example:5000')).toMatchObject({ password: 'secret' });
    expect(await find('registry.example')).toBeUndefined();
    expect(await find('evil-registry.example:5000')).toBeUndefined();
  });

  it.each(['docker.io', 'registry-1.docker.io', 'index.docker.io'])('of Docker Hub are found for %s', async (host) => {
    const find = await configured({ auths: { 'https://index.docker.io/v1/': auth('me:hub') } });
    expect(await find(host)).toMatchObject({ password: 'hub' });
  });

  it('may be an identity token', async () => {
    const find = await configured({ auths: { 'registry.example': { ...auth('me:'), identitytoken: 'refresh' } } });
    expect(await find('registry.example')).toEqual({ kind: 'identity', token: 'refresh' });
  });

  it('come from the helper of the host, which is asked by its address', async () => {
    await helper(
      'vault',
      'read -r server; printf \'{"ServerURL":"%s","Username":"me","Secret":"for %s"}\' "$server" "$server"',
    );
    const find = await configured({ credHelpers: { 'ghcr.io': 'vault' }, auths: { 'quay.io': auth('q:uay') } });
    expect(await find('ghcr.io')).toEqual({ kind: 'basic', username: 'me', password: 'for ghcr.io' });
    expect(await find('quay.io')).toMatchObject({ password: 'uay' });
  });

  it('come from the general store, by the old key of Docker Hub', async () => {
    await helper('store', 'read -r server; printf \'{"Username":"<token>","Secret":"%s"}\' "$server"');
    const find = await configured({ credsStore: 'store' });
    expect(await find('docker.io')).toEqual({ kind: 'identity', token: 'https://index.docker.io/v1/' });
  });

  it('are none when a helper has none', async () => {
    await helper('store', 'echo credentials not found in native keychain; exit 1');
    expect(await (await configured({ credsStore: 'store' }))('ghcr.io')).toBeUndefined();
  });

  it('fail with the name of a helper that is missing, breaks, or babbles', async () => {
    await helper('broken', 'exit 7');
    await helper('babble', 'echo hello');
    const fails = async (name: string): Promise<void> => {
      await (
        await configured({ credsStore: name })
      )('ghcr.io');
    };
    await expect(fails('absent')).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('not installed') as string,
    });
    await expect(fails('broken')).rejects.toThrow('docker-credential-broken fails for ghcr.io with status 7');
    await expect(fails('babble')).rejects.toThrow('gives no JSON');
    await expect(fails('../../bin/sh')).rejects.toMatchObject({ kind: 'input' });
  });

  it('fail with the file when it is broken', async () => {
    await expect((await configured('{'))('ghcr.io')).rejects.toMatchObject({ kind: 'input' });
    const find = await configured({ auths: { 'ghcr.io': { auth: 'bm9jb2xvbg==' } } });
    await expect(find('ghcr.io')).rejects.toThrow('auths["ghcr.io"].auth is not base64 of user:password');
  });
});
