/** Who gets in with a token. */
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { chat } from '../call.mjs';
import type { RunningGateway } from '../gateways/gateway.mjs';
import type { Recorder } from '../world/recorder.mjs';
import type { Issuer } from './issuer.mjs';

export async function tokens(suite: Suite, { url }: RunningGateway, upstream: Recorder, issuer: Issuer): Promise<void> {
  const { claims, token } = issuer;
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const now = Math.floor(Date.now() / 1000);
  await suite.check('a token of the issuer calls its model', async () => {
    const { status, body } = await chat(url, 'claims', token(claims));
    expectEqual(status, 200, body.slice(0, 300));
    return String(status);
  });
  const refused: readonly [string, string, string?][] = [
    ['for another audience', token({ ...claims, aud: 'elsewhere' })],
    ['without an audience', token(without('aud'))],
    ['of another issuer', token({ ...claims, iss: 'https://elsewhere.example' })],
    ['without an issuer', token(without('iss'))],
    ['that has expired', token({ ...claims, iat: now - 7200, exp: now - 3600 })],
    ['that is not valid yet', token({ ...claims, nbf: now + 3600 })],
    ['without an end', token(without('exp'))],
    ['without a signature', issuer.unsigned(claims)],
    ['with the signature of another key', issuer.forged(claims)],
    ['whose key is used as a password', issuer.confused(claims)],
    ['of a subject that may not call', token({ ...claims, sub: 'carl' })],
    ['for a model outside the list of the issuer', token(claims), 'stream'],
  ];
  for (const [what, credential, model = 'claims'] of refused)
    await suite.check(`a token ${what} is refused`, async () => {
      upstream.clear();
      const { status, body } = await chat(url, model, credential);
      expect(status === 401 || status === 403, `${String(status)} ${body.slice(0, 200)}`);
      expectEqual(upstream.seen().length, 0, 'calls that reached an engine');
      return String(status);
    });
}
