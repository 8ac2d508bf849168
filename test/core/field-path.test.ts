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
  });

  it('become JSON pointers, with the place after the last for an element that is not there', () => {
    expect(pointerTo(pod, image)).toBe('/spec/containers/1/image');
    expect(pointerTo(pod, ['spec', 'containers', { name: 'gone' }])).toBe('/spec/containers/-');
    expect(pointerTo({}, ['metadata', 'labels', 'a/b~c'])).toBe('/metadata/labels/a~1b~0c');
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
