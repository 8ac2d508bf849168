/**
 * Which process made a file, in a form that its name can hold, and whether that process is known to be gone.
 *
 * A process id means something only inside its PID namespace (pid_namespaces(7)): from the next container a running
 * process looks like one that never was. So a name tells boot and namespace too, and of a process in another one nothing
 * is known.
 */
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { systemCode } from '../../core/system-errors';

/** `unknown` for a process of another machine, boot or PID namespace. */
export type WriterFate = 'running' | 'gone' | 'unknown';

/** `<boot and PID namespace>-<process id>-<start of the process>`; a regular expression's source with three groups. */
export const WRITER_FORM = '([0-9a-f]{16})-(\\d{1,10})-(\\d{1,20})';

const WRITER = new RegExp(`^${WRITER_FORM}$`);
/** Stands for what the system does not tell. */
const NOT_TOLD = '0';

/** Boot and PID namespace of this process (proc_sys_kernel(5), `random/boot_id`; namespaces(7), `/proc/pid/ns`). */
async function placeOf(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const namespace = await readlink('/proc/self/ns/pid');
    return createHash('sha256').update(`${boot.trim()} ${namespace}`).digest('hex').slice(0, 16);
  } catch {
    return NOT_TOLD.repeat(16);
  }
}

/** When a process began, in clock ticks since boot (proc_pid_stat(5), field 22), so that a reused id is told apart. */
async function startOf(pid: number | 'self'): Promise<string> {
  try {
    // A /proc that was mounted in another namespace counts its processes differently.
    if (pid !== 'self' && (await readlink('/proc/self')) !== String(process.pid)) return NOT_TOLD;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces; field 22 is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? NOT_TOLD;
  } catch {
    return NOT_TOLD;
  }
}

let own: Promise<string> | undefined;

/** The name of this process; the same one for as long as it runs. */
export function writerName(): Promise<string> {
  own ??= Promise.all([placeOf(), startOf('self')]).then(([place, start]) => `${place}-${process.pid}-${start}`);
  return own;
}

/** What is known of the process behind a name; `gone` only where that is certain. */
export async function fateOf(name: string): Promise<WriterFate> {
  const [, place, pid, start] = WRITER.exec(name) ?? [];
  const here = (await writerName()).split('-')[0];
  if (place === undefined || place !== here || place === NOT_TOLD.repeat(16)) return 'unknown';
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return 'gone';
  }
  const found = await startOf(Number(pid));
  // Another start: the id belongs to another process now. None: the process may be hidden (proc(5), `hidepid`).
  return found === NOT_TOLD || start === NOT_TOLD || found === start ? 'running' : 'gone';
}
