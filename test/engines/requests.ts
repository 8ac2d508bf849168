/** Requests to vary in tests of engines. */
import type { EngineRequest, ModelFile } from '../../engines/contract';

export const file = (path: string, size = 10): ModelFile => ({ path, size });

export const request = (change: Partial<EngineRequest> = {}): EngineRequest => ({
  serving: 'chat',
  version: '0.27.1',
  modelPath: '/models/m',
  servedName: 'chat',
  files: [file('config.json'), file('model.safetensors', 100), file('m.gguf', 200)],
  gpus: 1,
  ...change,
});

/** The value that follows a flag, or undefined. */
export function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}
