import { blueprintOf } from '../../blueprint/blueprint';
import { decided, explain, SUBJECTS } from '../../blueprint/explain';
import { isLeftOut, LEFT_OUT } from '../../blueprint/explain-details';
import { sectionsPage } from '../../blueprint/explain-text';
import { visible } from '../../core/visible';
import { laidOut } from '../../scripts/ui/layout';
import { widthOf } from '../../scripts/ui/wrap';
import { EXAMPLES, filesOf, leavesOf, valueAt } from './files';

it('what text leaves out has a reason, and is there to be left out', () => {
  const paths = EXAMPLES.flatMap(([, folder]) =>
    leavesOf(blueprintOf(filesOf(folder))).map((steps) =>
      steps.map((step) => (typeof step === 'number' ? '*' : step)).join('.'),
    ),
  );
  for (const [pattern, why] of LEFT_OUT) {
    expect(why.length).toBeGreaterThan(10);
    expect(paths.some((one) => pattern.test(one))).toBe(true);
  }
});

describe.each(EXAMPLES)('an explanation of %s', (_name, folder) => {
  const blueprint = blueprintOf(filesOf(folder));
  const names = {
    pool: blueprint.pools.map(({ name }) => name),
    serving: blueprint.servings.map(({ name }) => name),
    workflow: (filesOf(folder).site.workflows ?? []).map(({ name }) => name),
  };

  it('has a section for the site, for each part of it, and for each pool, serving and workflow', () => {
    const titles = explain(blueprint).map(({ title }) => title);
    expect(titles.slice(0, 1)).toEqual([`site ${blueprint.site}`]);
    const named = SUBJECTS.reduce((sum, subject) => sum + names[subject].length, 0);
    expect(titles.slice(titles.length - named)).toEqual([
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

  it('shows every field that is decided, but for a few that have their place elsewhere', () => {
    const text = laidOut(sectionsPage(explain(blueprint)), undefined);
    const unseen = leavesOf(blueprint).filter((steps) => {
      const at = steps.map((step) => (typeof step === 'number' ? '*' : step));
      if (isLeftOut(at)) return false;
      const value = valueAt(blueprint, steps);
      if (typeof value === 'object') return false;
      // Whether a flow leaves the cluster is said behind what it leads to.
      const shown = at.includes('leavesCluster') ? '' : typeof value === 'string' ? value : JSON.stringify(value);
      return !text.includes(visible(shown));
    });
    expect(unseen.map((steps) => steps.join('.'))).toEqual([]);
  });

  it('fits a terminal', () => {
    for (const columns of [80, 120, 200]) {
      const wide = laidOut(sectionsPage(explain(blueprint)), columns)
        .split('\n')
        .filter((line) => widthOf(line) > columns);
      expect(wide).toEqual([]);
    }
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
