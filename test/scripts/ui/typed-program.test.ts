import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { typedProgram } from '../../../scripts/ui/typed-program';
import { withFolder } from '../../stacks/synthesized';

/** A file, and what leads to it where it is installed. */
function linked(folder: string, link: string): { readonly file: string; readonly typed: string } {
  const file = path.join(folder, 'checkout/scripts/airlock.cjs');
  const typed = path.join(folder, link);
  for (const one of [file, typed]) mkdirSync(path.dirname(one), { recursive: true });
  writeFileSync(file, '');
  symlinkSync(file, typed);
  return { file, typed };
}

it('started by npx in its own checkout, npx starts it again, but only in there', () => {
  withFolder((folder) => {
    const { file, typed } = linked(folder, '.npm/_npx/1f/node_modules/.bin/airlock');
    expect(typedProgram(path.join(folder, 'checkout'), typed)).toBe('npx airlock');
    expect(typedProgram(path.join(folder, 'checkout/a/b'), typed)).toBe('npx airlock');
    expect(typedProgram(path.join(folder, 'elsewhere/x'), typed)).toBe(`node ${file}`);
  });
});

it('started by npx where it is installed, npx starts it again below the folder that has it', () => {
  withFolder((folder) => {
    const { typed } = linked(folder, 'project/node_modules/.bin/airlock');
    expect(typedProgram(path.join(folder, 'project/site'), typed)).toBe('npx airlock');
    expect(typedProgram(path.join(folder, 'projects'), typed)).toMatch(/^node .*airlock\.cjs$/);
  });
});

it('started from the PATH, its name starts it anywhere', () => {
  withFolder((folder) => {
    expect(typedProgram('/srv', linked(folder, 'local/bin/airlock').typed)).toBe('airlock');
  });
});

it('started by its file, the way there starts it, quoted for a shell', () => {
  withFolder((folder) => {
    const file = path.join(folder, "it's.mjs");
    writeFileSync(file, '');
    expect(typedProgram(folder, file)).toBe(`node "it's.mjs"`);
    expect(typedProgram(path.join(folder, 'site'), file)).toBe(`node "../it's.mjs"`);
  });
});
