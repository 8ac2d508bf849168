import { tgi } from '../../engines/tgi';
import { request, valueOf } from './requests';

describe('tgi', () => {
  it('says that it is deprecated', () => {
    expect(tgi.specify(request({ version: '3.0.2' })).warnings?.[0]).toContain('maintenance mode');
  });

  it('needs a derived image from 3.1 on, and runs with one', () => {
    expect(() => tgi.specify(request({ version: '3.1.0' }))).toThrow('the image of tgi 3.1.0 runs as root only');
    expect(tgi.specify(request({ version: '3.3.7', derivedImage: true })).user.uid).toBeGreaterThan(0);
  });

  it('sends no usage statistics, and has metrics on a port of their own', () => {
    const { args, env, metrics } = tgi.specify(request({ version: '3.0.2' }));
    expect([valueOf(args, '--usage-stats'), env['USAGE_STATS']]).toEqual(['off', 'off']);
    expect(metrics?.port).toBe(Number(valueOf(args, '--prometheus-port')));
  });

  it('reads kernels where its image keeps them, since it can download none', () => {
    expect(Object.keys(tgi.specify(request({ version: '3.0.2' })).env)).not.toContain('HF_KERNELS_CACHE');
  });

  it('is given no name for its model, which its launcher has no flag for', () => {
    expect(tgi.specify(request({ version: '3.0.2' })).args.filter((argument) => /name/.test(argument))).toEqual([
      '--hostname',
    ]);
    expect(tgi.namesModelByPath).toBe(true);
  });

  it('leaves room for a reply within the context', () => {
    const { args } = tgi.specify(request({ version: '3.0.2', maxModelLen: 4096 }));
    expect([valueOf(args, '--max-input-tokens'), valueOf(args, '--max-total-tokens')]).toEqual(['3584', '4096']);
  });
});
