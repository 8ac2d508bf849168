/** Cases of alerts: what Prometheus scraped, and what it must say of it. */

/** Series in promtool's notation → its values, one a minute. */
export type Scraped = Readonly<Record<string, string>>;

export interface AlertCase {
  /** `fires` with these labels and this summary, or stays `quiet`. */
  readonly expected: 'quiet' | { readonly labels: Readonly<Record<string, string>>; readonly summary: string };
  readonly scraped: Scraped;
  /** Minutes after the first scrape. */
  readonly at: number;
}

export type Cases = Readonly<Record<string, readonly AlertCase[]>>;

export const fires = (
  at: number,
  scraped: Scraped,
  labels: Readonly<Record<string, string>>,
  summary: string,
): AlertCase => ({ expected: { labels, summary }, scraped, at });

export const quiet = (at: number, scraped: Scraped): AlertCase => ({ expected: 'quiet', scraped, at });

const series = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`;

/** Labels of a serving. */
export const SERVING = { namespace: 'airlock-serving', serving: 'chat', served_name: 'gpt-oss-20b' } as const;

/** A series of a pod of that serving. */
export const ofEngine = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
  series(name, { job: 'airlock-engine-vllm', ...SERVING, pod: 'chat-0', ...labels });

/** A series of something else. */
export const of = (
  job: string,
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): string => series(name, { job, namespace, pod: 'one', ...labels });
