import type { Headers, HttpHop } from '../../../offline-bundle/fetch/http';
import type { Credentials } from '../../../offline-bundle/oci/docker-credentials';
import { RegistryAuth, type Resource } from '../../../offline-bundle/oci/registry-auth';
import { httpClient } from '../fetch/clients';
import { jsonAnswer, type OutsideServer, startServer } from '../../outside-world/server';

const BASE = new URL('http://registry.example/');
const PUSH = 'repository:team/app:pull,push';
const PULL = 'repository:base/os:pull';

let tokens: OutsideServer;
/** One for each request, so that answers can be told apart. */
let given = 0;
beforeEach(async () => {
  given = 0;
  tokens = await startServer(() => jsonAnswer(200, { token: `t${String((given += 1))}`, expires_in: 300 }));
});
afterEach(() => tokens.close());

const authWith = (credentials?: Credentials): RegistryAuth =>
  new RegistryAuth(httpClient().http, () => Promise.resolve(credentials));
const wanting = (scopes?: readonly string[], path = 'team/app'): Resource => ({
  ...{ host: BASE.host, base: BASE, path },
  ...(scopes === undefined ? {} : { scopes }),
});
/** The challenge asks for less than a push needs, as registries do that answer a HEAD first. */
const refusal = (scope = 'scope="repository:team/app:pull",'): HttpHop => ({
  ...{ url: BASE, status: 401 },
  headers: { 'www-authenticate': `Bearer ${scope}service="s",realm="${tokens.url}/token?scope=planted"` },
});
const askedScopes = (): string[][] =>
  tokens.requests.map(({ url }) => new URL(url, tokens.url).searchParams.getAll('scope'));

describe('the scopes of a token', () => {
  it('are those that are wanted, each in a parameter of its own, and not those of the challenge', async () => {
    await authWith().answer(wanting([PUSH, PULL]), refusal(), undefined);
    expect(askedScopes()).toEqual([[PUSH, PULL]]);
  });

  it('are those of the challenge where nothing else is wanted', async () => {
    await authWith().answer(wanting(), refusal('scope="repository:team/app:pull",'), undefined);
    await authWith().answer(wanting(), refusal(''), undefined);
    expect(askedScopes()).toEqual([['repository:team/app:pull'], ['repository:team/app:pull']]);
  });

  it('make it another token: what pulls is not shown where a push is meant', async () => {
    const auth = authWith();
    const resources = [wanting(), wanting([PUSH]), wanting([PUSH, PULL]), wanting([PUSH], 'team/other')];
    const answers: (string | undefined)[] = [];
    for (const resource of resources) answers.push(await auth.answer(resource, refusal(), undefined));
    expect(answers).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t3', 'Bearer t4']);
    expect(await Promise.all(resources.map((resource) => auth.known(resource)))).toEqual(answers);
  });

  it('share one exchange where they are the same', async () => {
    const auth = authWith();
    const sent: Headers[] = [];
    for (let round = 0; round < 3; round += 1)
      await auth.admitted(
        wanting([PUSH]),
        (headers) => {
          sent.push(headers);
          return Promise.resolve(headers['authorization'] === undefined ? refusal() : { ...refusal(), status: 202 });
        },
        () => Promise.resolve(),
      );
    expect(sent.map((headers) => headers['authorization'])).toEqual([undefined, ...Array<string>(3).fill('Bearer t1')]);
    expect(tokens.requests).toHaveLength(1);
  });

  it('stand in one field where an identity token is exchanged', async () => {
    await authWith({ kind: 'identity', token: 'refresh' }).answer(wanting([PUSH, PULL]), refusal(), undefined);
    expect(tokens.requests.map(({ method }) => method)).toEqual(['POST']);
  });
});
