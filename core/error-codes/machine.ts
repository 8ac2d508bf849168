/** Codes of the machine that Airlock runs on: files, disks, programs; and of Airlock itself. */
import type { ErrorCodeGroup } from './facts';

export const MACHINE = {
  FILE_MISSING: {
    kind: 'input',
    cause: 'A file or folder that was named is not there, or is of another kind.',
    fix: 'Name one that exists.',
  },
  FOLDER_NOT_PRIVATE: {
    kind: 'environment',
    cause: 'Others may exchange what lies in the folder for temporary files.',
    fix: 'Set TMPDIR to a folder of your own.',
  },
  FILE_UNREADABLE: {
    kind: 'environment',
    cause: 'A file or folder is there and cannot be read.',
    fix: 'Check its permissions, and the disk or medium.',
  },
  FILE_CHANGED_MEANWHILE: {
    kind: 'environment',
    cause: 'Something else changed a file while Airlock read or wrote it.',
    fix: 'Find out what else works in that folder, then run the same command again.',
  },
  PERMISSION_DENIED: {
    kind: 'environment',
    cause: 'The operating system refuses an access.',
    fix: 'Check the permissions of what the message names.',
  },
  OUTPUT_EXISTS: {
    kind: 'input',
    cause: 'What is to be written is there already, or something else lies in its place.',
    fix: 'Choose another name, or remove what is there.',
  },
  OUTPUT_MISPLACED: {
    kind: 'input',
    cause:
      'What is to be written would lie inside of what is only read, in the place of a mounted disk, or where its state is not found.',
    fix: 'Name another folder.',
  },
  OUTPUT_UNWRITABLE: {
    kind: 'environment',
    cause: 'A file or folder cannot be written.',
    fix: 'Check the permissions of the folder, and that its disk is writable.',
  },
  DISK_FULL: {
    kind: 'environment',
    cause: 'The disk, or the quota, has not the room that is needed.',
    fix: 'Free space or choose another disk, then run the same command again: what is there is kept.',
  },
  MEDIUM_DAMAGED: {
    kind: 'check',
    cause: 'The medium cannot read a file that is on it.',
    fix: 'Copy it again from where it came, onto another medium.',
  },
  SYSTEM_LIMIT_REACHED: {
    kind: 'environment',
    cause: 'The operating system has no more memory, open files or processes to give.',
    fix: 'Raise the limit (ulimit, cgroup), or end other programs.',
  },
  PROGRAM_MISSING: {
    kind: 'input',
    cause: 'A program that the command starts, such as kubectl or terraform, is not installed.',
    fix: 'Install it, or name it with the option that the message states.',
  },
  PROGRAM_UNUSABLE: {
    kind: 'environment',
    cause: 'A program that the command starts is there and cannot be run.',
    fix: 'Check its permissions.',
  },
  INTERNAL: {
    kind: 'internal',
    cause: 'Something happened that Airlock does not expect: a fault of Airlock, not of what it was given.',
    fix: 'Report it where this Airlock came from, with the command line and what it prints under AIRLOCK_VERBOSE=1.',
  },
} as const satisfies ErrorCodeGroup;
