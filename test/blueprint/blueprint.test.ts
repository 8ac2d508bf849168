import { readFileSync } from 'node:fs';
import path from 'node:path';
import { blueprintOf } from '../../blueprint/blueprint';
import type { Inputs } from '../../blueprint/inputs';
import { canonicalJson, reviewJson } from '../../core/canonical-json';
import { AirlockError } from '../../core/errors';
import { BLUEPRINT_FILE } from '../../tools/examples';
import { covers, EXAMPLES, FILES, filesOf, leavesOf } from './files';

const folderOf = (name: string): string => EXAMPLES.find(([one]) => one === name)?.[1] ?? '';

describe.each(EXAMPLES)('the blueprint of %s', (_name, folder) => {
  it('is the one that is committed beside it', () => {
    const text = reviewJson(blueprintOf(filesOf(folder)));
    if (text !== readFileSync(path.join(folder, BLUEPRINT_FILE), 'utf8'))
      throw new Error(`${folder}/${BLUEPRINT_FILE} differs: run npm run generate:blueprints and read the diff`);
  });

  it('is plain data, and changes none of the files', () => {
    const files = filesOf(folder);
    const before = canonicalJson(files);
    const blueprint = blueprintOf(files);
    expect(JSON.parse(JSON.stringify(blueprint))).toEqual(blueprint);
    expect(canonicalJson(files)).toEqual(before);
  });

  it('rests on places that the files have', () => {
    const files = filesOf(folder);
    const named = JSON.stringify(blueprintOf(files)).matchAll(
      /"((?:site|enclave)\.yaml|airlock\.lock\.json): ([^"]*)"/g,
    );
    const lost = [...named].flatMap(([, file, place = '']) => {
      const key = (Object.keys(FILES) as (keyof typeof FILES)[]).find((one) => FILES[one] === file) ?? 'site';
      const root = files[key];
      return leavesOf(root).some((steps) => covers(root, place, steps)) ? [] : [`${String(file)}: ${place}`];
    });
    expect([...new Set(lost)]).toEqual([]);
  });
});

describe('faults of a site', () => {
  const wrong = (change: (files: Inputs) => void, example = 'datacenter'): AirlockError => {
    const files = filesOf(folderOf(example));
    change(files);
    try {
      blueprintOf(files);
    } catch (error) {
      if (error instanceof AirlockError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('are said all at once, each with its place and its fix', () => {
    const error = wrong(({ site, enclave }) => {
      for (const serving of site.servings) serving.replicas = 1000;
      enclave.network.destinations = [];
    });
    const places = error.faults.map(({ file, path: at }) => `${file} ${at}`);
    const servings = filesOf(folderOf('datacenter')).site.servings;
    const onGpu = servings.flatMap(({ gpus = 1 }, at) => (gpus > 0 ? [`site.yaml servings[${at}]`] : []));
    expect(places).toEqual(expect.arrayContaining([...onGpu.slice(0, 4), 'enclave.yaml weights']));
    expect(error.faults.every(({ fix, message }) => fix !== undefined && message.length > 0)).toBe(true);
    expect(error.kind).toBe('input');
  });

  it('stay as they are where there is one, with its place', () => {
    const error = wrong(({ site }) => {
      site.servings[0]!.replicas = 1000;
    });
    expect(error.message).toMatch(/wants 1000 replicas/);
    expect(error.faults).toEqual([{ file: 'site.yaml', path: 'servings[0]', message: error.message, fix: error.fix }]);
    expect(error.fix).toMatch(/replicas/);
  });

  it('are a check that says no where all of them are', () => {
    const error = wrong(({ site }) => {
      for (const serving of site.servings.slice(0, 2)) serving.memoryFraction = 0.1;
    });
    expect(error.kind).toBe('check');
    expect(error.faults.length).toBeGreaterThan(1);
  });

  it('of one serving are said at once, each at its field', () => {
    const error = wrong(({ site }) => {
      Object.assign(site.servings[0]!, {
        kvCacheDtype: 'q4_0',
        chatTemplate: 'absent.jinja',
        replicas: 1000,
        extraArgs: ['--host=0.0.0.0', '--trust-remote-code'],
      });
    });
    expect(error.faults.map(({ path: at }) => at)).toEqual([
      'servings[0]',
      'servings[0].kvCacheDtype',
      'servings[0].chatTemplate',
      'servings[0]',
      'servings[0]',
    ]);
  });

  it('of enclave, lock, servings and workflows are said at once', () => {
    const error = wrong(({ site, enclave, lock }) => {
      enclave.callers!.keys![0]!.workflows = ['absent'];
      lock.images[0]!.usedBy = [...lock.images[0]!.usedBy, 'more'];
      site.servings[0]!.replicas = 1000;
      site.workflows!.at(-1)!.paths = ['messages', 'embeddings'];
    });
    const places = new Set(error.faults.map(({ file, path: at }) => `${file} ${at.split(/[.[]/)[0] ?? ''}`));
    expect([...places].sort()).toEqual(
      expect.arrayContaining(['airlock.lock.json ', 'enclave.yaml callers', 'site.yaml servings']),
    );
  });

  it('do not hide behind a gateway that calls what is at fault', () => {
    const error = wrong(({ site }) => {
      site.servings[0]!.replicas = 1000;
      site.servings[1]!.replicas = 1000;
    });
    expect(error.faults.map(({ path: at }) => at)).toEqual(['servings[0]', 'servings[1]']);
  });

  it('of every workflow are not followed by one of a gateway that has none', () => {
    const error = wrong(({ site }) => {
      for (const workflow of site.workflows!) workflow.paths = ['embeddings'];
    }, 'h100-single');
    expect(error.faults.map(({ path: at }) => at)).toEqual(['workflows[0]']);
  });
});
