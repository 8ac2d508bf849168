import { kitVersion } from '../../core/assets';
import { demandNew, releases } from '../../tools/corpus/places';

describe('a release is added to the corpus', () => {
  it('once: what it wrote does not change', () => {
    const [release] = releases();
    expect(() => demandNew(release, release!)).toThrow(/is there: what a release wrote does not change/);
  });

  it('by the kit of that version alone', () => {
    expect(() => demandNew('99.0.0', kitVersion())).toThrow(`"99.0.0" is named, and this kit is ${kitVersion()}`);
    expect(() => demandNew(undefined, kitVersion())).toThrow(/no version is named/);
    expect(() => demandNew('99.0.0', '99.0.0')).not.toThrow();
  });
});
