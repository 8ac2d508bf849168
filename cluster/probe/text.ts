/** What a probe found, as people and its logs read it. */
import { type Line, show } from '../../core/visible';

/** @param within seconds that it was tried for */
export const connectLine = (target: string, expect: 'open' | 'shut', met: boolean, within: number): Line =>
  met ? show`${target}: ${expect}` : show`${target}: not ${expect} within ${within} s`;

export const listenLine = (port: number): Line => show`listening on port ${port}`;

export const internetLine = (target: string, open: boolean): Line => show`${target}: ${open ? 'ANSWERS' : 'no answer'}`;
