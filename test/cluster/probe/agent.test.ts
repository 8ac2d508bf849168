import type { AddressInfo } from 'node:net';
import { becomes, isOpen, listen, parseTarget } from '../../../cluster/probe/agent';

describe('parseTarget', () => {
  it.each([
    ['10.0.0.1:443', { host: '10.0.0.1', port: 443 }],
    ['[2001:db8::1]:53', { host: '2001:db8::1', port: 53 }],
    ['huggingface.co:443', { host: 'huggingface.co', port: 443 }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each(['10.0.0.1', '2001:db8::1:53', 'host:0', 'host:70000', 'a b:1'])('refuses %j', (text) => {
    expect(() => parseTarget(text)).toThrow('is no target');
  });
});

describe('the probe', () => {
  it('tells an open port from a shut one, and sees it change', async () => {
    const server = await listen(0);
    const { port } = server.address() as AddressInfo;
    const target = { host: '127.0.0.1', port };
    expect(await isOpen(target)).toBe(true);
    expect(await becomes(target, 'shut', 0)).toBe(false);
    const shut = becomes(target, 'shut', 10);
    server.close();
    expect(await shut).toBe(true);
    expect(await becomes(target, 'open', 0)).toBe(false);
  });

  it('counts a name that does not resolve as shut', async () => {
    expect(await isOpen({ host: 'no-such-host.invalid', port: 443 })).toBe(false);
  });
});
