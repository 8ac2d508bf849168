/** What the NVIDIA software on a pool's nodes allows. */
import { badInput } from '../core/errors';

/** Newest CUDA release that each driver branch runs (NVIDIA, "CUDA Toolkit Release Notes", and driver release notes). */
const CUDA_OF_BRANCH: readonly (readonly [branch: number, cuda: readonly [number, number]])[] = [
  [525, [12, 0]],
  [530, [12, 1]],
  [535, [12, 2]],
  [545, [12, 3]],
  [550, [12, 4]],
  [555, [12, 5]],
  [560, [12, 6]],
  [565, [12, 7]],
  [570, [12, 8]],
  [575, [12, 9]],
  [580, [13, 0]],
  [590, [13, 1]],
];

/** Aborts on read-only roots (NVIDIA/nvidia-container-toolkit#2026). */
const TOOLKITS_THAT_NEED_A_WRITABLE_ROOT: readonly string[] = ['1.20.0'];

/** `570.133.20` is of branch 570. */
export const driverBranch = (driverVersion: string): number => Number(driverVersion.split('.')[0]);

/** Newest CUDA release of a driver; undefined for a branch newer than those known here. */
export function cudaOfDriver(driverVersion: string): readonly [number, number] | undefined {
  const branch = driverBranch(driverVersion);
  const [newest = 0] = CUDA_OF_BRANCH.at(-1) ?? [];
  if (branch > newest) return undefined;
  return CUDA_OF_BRANCH.findLast(([known]) => known <= branch)?.[1] ?? [0, 0];
}

const isNewer = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

const parse = (cuda: string): readonly [number, number] => {
  const [major = 0, minor = 0] = cuda.split('.').map(Number);
  return [major, minor];
};

/**
 * Demands that a driver runs an image's CUDA.
 *
 * @param what that runs the image, for the message
 * @param cuda release, e.g. `13.0`
 * @throws AirlockError (input) when the image is newer than the driver's branch
 */
export function checkCuda(what: string, cuda: string, driverVersion: string): void {
  const newest = cudaOfDriver(driverVersion);
  if (newest === undefined || !isNewer(parse(cuda), newest)) return;
  const [needed] = CUDA_OF_BRANCH.find(([, known]) => !isNewer(parse(cuda), known)) ?? [];
  const upgrade = needed === undefined ? 'upgrade the driver' : `upgrade the driver to R${String(needed)} or newer`;
  throw badInput(
    'CUDA_INCOMPATIBLE',
    `${what} has CUDA ${cuda}; driver ${driverVersion} of its pool runs CUDA ${newest.join('.')} and older`,
    `${upgrade}, take an image of CUDA ${newest.join('.')} or older, or a derived one (engine.image) with the ` +
      'forward-compatibility package (NVIDIA, "CUDA Compatibility")',
  );
}

export interface PoolRuntime {
  /**
   * @default - unknown
   */
  readonly toolkitVersion?: string;
  /**
   * @default - the runtime's default handler, as where CDI injects the devices
   */
  readonly runtimeClass?: string;
}

/** Whether pods with devices may have a read-only root: not with CDI hooks of a toolkit that is not known. */
export function readOnlyRootWorks({ toolkitVersion, runtimeClass = 'cdi' }: PoolRuntime): boolean {
  if (toolkitVersion !== undefined) return !TOOLKITS_THAT_NEED_A_WRITABLE_ROOT.includes(toolkitVersion);
  return !/(^|-)cdi$/.test(runtimeClass);
}
