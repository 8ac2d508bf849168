/** The version of the program that a command belongs to. */
import type { Command } from 'commander';

export function kitVersion(command: Command): string {
  let program = command;
  while (program.parent !== null) program = program.parent;
  return program.version() ?? '0';
}
