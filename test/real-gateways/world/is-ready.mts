/** Whether a path answers 200, as a probe of the kubelet sees it: which certificate it shows does not matter. */
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

export function isReady(url: string): Promise<boolean> {
  const get = url.startsWith('https:') ? getSecure : getPlain;
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, rejectUnauthorized: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => {
      resolve(false);
    });
  });
}
