import { execFileSync } from 'node:child_process';
import { hashOfKey, makeCallerKey } from '../../gateway/caller-key';

describe('keys of callers', () => {
  it('are different each time, 256 bits, and known by their SHA-256', () => {
    const [first, second] = [makeCallerKey(), makeCallerKey()];
    expect(first.key).toMatch(/^sk-airlock-[A-Za-z0-9_-]{43}$/);
    expect(first.key).not.toBe(second.key);
    expect(first.hash).toBe(hashOfKey(first.key));
  });

  it('have the hash that another program computes', () => {
    const { key, hash } = makeCallerKey();
    const script = 'process.stdout.write(require("crypto").hash("sha256", process.argv[1], "hex"))';
    expect(hash).toBe(`sha256:${execFileSync(process.execPath, ['-e', script, key], { encoding: 'utf8' })}`);
  });

  it('are refused where they could be guessed from the hash, or no header carries them', () => {
    expect(() => hashOfKey('secret')).toThrow('6 characters');
    expect(() => hashOfKey(`${'a'.repeat(40)} b`)).toThrow('spaces');
  });
});
