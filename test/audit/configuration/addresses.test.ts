import { addressFaults, hostPort, toRole } from '../../../audit/configuration/addresses';
import { Draft } from '../plans/draft';

const goal = toRole('gateway', 'the gateway');
const faultsAt = (text: string) =>
  addressFaults(hostPort(text), goal, { namespace: 'airlock-serving', context: new Draft().context() }, '/x', text);

describe('an address that leads nowhere', () => {
  it.each([
    ['nobody:80', 'airlock-serving'],
    ['nobody.airlock-elsewhere:80', 'airlock-elsewhere'],
    ['nobody.airlock-elsewhere.svc:80', 'airlock-elsewhere'],
  ])('%s lacks a Service in %s, which may be there where something cannot be read', (text, namespace) => {
    expect(faultsAt(text)).toMatchObject([{ pointer: '/x', lacks: { concern: 'services', namespace } }]);
  });

  it.each(['api.internet.example.com:443', 'no address'])('%s lacks nothing: no Service has such a name', (text) => {
    expect(faultsAt(text)).toHaveLength(1);
    expect(faultsAt(text)[0]?.lacks).toBeUndefined();
  });
});
