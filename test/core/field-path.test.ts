import fc from 'fast-check';
import { differences, formatPath, pointerTo } from '../../core/field-path';

const pod = {
  spec: {
    containers: [
      { name: 'kit', image: 'a' },
      { name: 'engine', image: 'b', args: ['--port', '1'] },
    ],
  },
};
const image = ['spec', 'containers', { name: 'engine' }, 'image'];

describe('paths', () => {
  it('are written as people write them, elements by their names', () => {
    expect(formatPath(image)).toBe('spec.containers[engine].image');
    expect(formatPath(['metadata', 'labels', 'airlock.dev/pool'])).toBe('metadata.labels["airlock.dev/pool"]');
    expect(formatPath(['a.b', 'c'])).toBe('["a.b"].c');
    expect(formatPath(['ports', { port: 80, protocol: 'TCP' }])).toBe('ports[80 TCP]');
    expect(formatPath([])).toBe('');
  });

  it('become JSON pointers, with the place after the last for an element that is not there', () => {
    expect(pointerTo(pod, image)).toBe('/spec/containers/1/image');
    expect(pointerTo(pod, ['spec', 'containers', { name: 'gone' }])).toBe('/spec/containers/-');
    expect(pointerTo({}, ['metadata', 'labels', 'a/b~c'])).toBe('/metadata/labels/a~1b~0c');
    expect(pointerTo(pod, ['spec', 'containers', { name: 'kit' }, 'image'])).toBe('/spec/containers/0/image');
    expect(pointerTo({}, ['spec', { name: 'kit' }])).toBe('/spec/-');
  });

  it('lead to the element of which every field is the wanted one', () => {
    const ports = [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }, 'x', null];
    expect(pointerTo({ ports }, ['ports', { port: 53, protocol: 'UDP' }])).toBe('/ports/1');
    expect(pointerTo({ ports }, ['ports', { port: 54, protocol: 'UDP' }])).toBe('/ports/-');
  });
});

describe('differences', () => {
  it('name the smallest field that differs, in elements of the same name wherever they stand', () => {
    const [kit, engine] = pod.spec.containers;
    const live = { spec: { containers: [{ ...engine, image: 'c' }, kit, { name: 'extra' }] } };
    expect(differences(pod, live).map(({ path, ...rest }) => ({ path: formatPath(path), ...rest }))).toEqual([
      { path: 'spec.containers[engine].image', planned: 'b', live: 'c' },
      { path: 'spec.containers[extra]', planned: undefined, live: { name: 'extra' } },
    ]);
  });

  it('compare lists without names as a whole, since their order counts', () => {
    expect(differences(['--port', '1'], ['1', '--port'])).toHaveLength(1);
  });

  it.each([
    ['a name twice', [{ name: 'a' }, { name: 'a', x: 1 }]],
    ['an element without a name', [{ name: 'a' }, { x: 1 }]],
    ['a name that is no text', [{ name: 1 }, { name: 2 }]],
    ['something else than objects', [{ name: 'a' }, 'b']],
  ])('compare lists with %s as a whole, too, on either side', (_, odd) => {
    const named = [{ name: 'a' }];
    const path = ['spec'];
    expect(differences(odd, named, path)).toEqual([{ path, planned: odd, live: named }]);
    expect(differences(named, odd, path)).toEqual([{ path, planned: named, live: odd }]);
    expect(differences(odd, structuredClone(odd), path)).toEqual([]);
  });

  it('come in the order of their names', () => {
    const found = differences({ c: 1, a: 1 }, { b: 1, a: 2 });
    expect(found.map(({ path }) => formatPath(path))).toEqual(['a', 'b', 'c']);
  });

  it('are none between equal values, and some between unequal ones', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        // JSON has no negative zero, and undefined is no JSON value.
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(differences(a, b).length).toBeGreaterThan(0);
      }),
    );
  });
});
