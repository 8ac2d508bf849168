/** The probe's two ends: a listener that answers nothing, and attempts to connect. TCP, which policies govern. */
import { connect, createServer, type Server } from 'node:net';
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { badInput } from '../../core/errors';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds after which an attempt counts as refused: policies drop packets silently. */
const ATTEMPT_TIMEOUT = 2000;
const PAUSE = 500;
/** Attempts in a row that must agree before a target counts as shut: a policy may be in force on one node, not yet on another. */
const SHUT_IN_A_ROW = 3;

/** `host:port`, `[2001:db8::1]:443`. */
export function parseTarget(text: string): Target {
  const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65535 || Number(port) < 1) {
    throw badInput('USAGE_INVALID_VALUE', `"${text}" is no target`, 'write host:port, or [address]:port for IPv6');
  }
  return { host, port: Number(port) };
}

/** Whether a TCP connection comes about. */
export async function isOpen({ host, port }: Target): Promise<boolean> {
  const address = await lookup(host).catch(() => undefined);
  if (address === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect({ host: address.address, port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(ATTEMPT_TIMEOUT, () => {
      end(false);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

/**
 * Tries until the target is as expected, or the time is over.
 *
 * @param within seconds
 * @returns whether it came to be as expected: open once, or shut several times in a row
 */
export async function becomes(target: Target, expected: 'open' | 'shut', within: number): Promise<boolean> {
  const end = Date.now() + within * 1000;
  for (let shut = 0; ;) {
    const open = await isOpen(target);
    if (open && expected === 'open') return true;
    shut = open ? 0 : shut + 1;
    if (expected === 'shut' && shut >= SHUT_IN_A_ROW) return true;
    if (Date.now() >= end) return false;
    await sleep(PAUSE);
  }
}

/** Accepts connections and closes them. */
export function listen(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      resolve(server);
    });
  });
}
