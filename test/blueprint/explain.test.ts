import { blueprintOf } from '../../blueprint/blueprint';
import { decided, explain, SUBJECTS } from '../../blueprint/explain';
import { EXAMPLES, filesOf } from './files';

describe.each(EXAMPLES)('an explanation of %s', (_name, folder) => {
  const blueprint = blueprintOf(filesOf(folder));
  const names = {
    pool: blueprint.pools.map(({ name }) => name),
    serving: blueprint.servings.map(({ name }) => name),
    workflow: (filesOf(folder).site.workflows ?? []).map(({ name }) => name),
  };

  it('has a section for the site and for each pool, serving and workflow', () => {
    expect(explain(blueprint).map(({ title }) => title)).toEqual([
      `site ${blueprint.site}`,
      ...SUBJECTS.flatMap((subject) => names[subject].map((name) => `${subject} ${name}`)),
    ]);
  });

  it.each(SUBJECTS)('of one %s is the section of that name, and its decision as data', (subject) => {
    for (const name of names[subject]) {
      expect(explain(blueprint, subject, name).map(({ title }) => title)).toEqual([`${subject} ${name}`]);
      expect(decided(blueprint, subject, name)).toMatchObject({ name });
    }
    expect(decided(blueprint, subject)).toHaveLength(names[subject].length);
  });

  it.each(SUBJECTS)('of a %s that is not there names those that are', (subject) => {
    for (const call of [explain, decided])
      expect(() => call(blueprint, subject, 'absent')).toThrow(`the site has no ${subject} "absent"`);
  });

  it('leaves no line empty, and rests on something', () => {
    for (const { lines, restsOn } of explain(blueprint)) {
      expect(lines.filter(([label, value]) => label === '' || value === '')).toEqual([]);
      expect(restsOn.length).toBeGreaterThan(0);
    }
  });

  it('of a serving names its digests, and every flow to it', () => {
    for (const serving of blueprint.servings) {
      const text = JSON.stringify(explain(blueprint, 'serving', serving.name));
      for (const digest of [serving.model.digest, serving.engineImage, serving.kitImage])
        expect(text).toContain(digest);
      expect(text.includes(`the gateway passes calls to ${serving.name} `)).toBe(serving.calledByGateway);
    }
  });
});
