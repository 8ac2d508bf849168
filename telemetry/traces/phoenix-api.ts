/** What the kit asks Phoenix for, by its REST and GraphQL interfaces. */
import { type AirlockError, environmentFailed } from '../../core/errors';

export interface PhoenixAccess {
  /** Address of the store. */
  readonly url: string;
  /** API key of an administrator. */
  readonly key: string;
}

/** A span as `GET /v1/projects/{project}/spans` describes it, as far as the kit reads it. */
export interface StoredSpan {
  readonly name: string;
  readonly context: { readonly trace_id: string; readonly span_id: string };
  readonly start_time: string;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

/** One page of a listing. */
interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor?: string | null;
}

const TIMEOUT_MS = 60_000;
const PAGE = 1000;

/** The client; every method throws AirlockError (environment) where the store does not answer as it should. */
export class PhoenixApi {
  public constructor(private readonly access: PhoenixAccess) {}

  /** Projects of the store. */
  public projects(): Promise<Project[]> {
    return this.all<Project>('/v1/projects', {});
  }

  /** Spans of a project with that value of an attribute. */
  public spans(project: Project, attribute: string, value: string): Promise<StoredSpan[]> {
    // As JSON: a bare `12345` would be searched for as a number (phoenix/server/api/routers/v1/spans.py, `_parse_attribute`).
    return this.all<StoredSpan>(`/v1/projects/${project.id}/spans`, {
      attribute: `${attribute}:${JSON.stringify(value)}`,
    });
  }

  /** Removes a trace with all its spans, annotations and costs; whether it was there. */
  public async deleteTrace(traceId: string): Promise<boolean> {
    const response = await this.call('DELETE', `/v1/traces/${traceId}`, [404]);
    await response.body?.cancel();
    return response.status !== 404;
  }

  /** Names of the datasets, which hold copies of spans that people added to them. */
  public datasets(): Promise<Project[]> {
    return this.all<Project>('/v1/datasets', {});
  }

  /** Examples of a dataset, as JSON text. */
  public async examples(dataset: Project): Promise<string[]> {
    const response = await this.call('GET', `/v1/datasets/${dataset.id}/examples`);
    const { data } = (await response.json()) as { readonly data: { readonly examples: readonly unknown[] } };
    return data.examples.map((example) => JSON.stringify(example));
  }

  private async all<T>(path: string, query: Readonly<Record<string, string>>): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const page = new URLSearchParams({ ...query, limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) });
      const response = await this.call('GET', `${path}?${page.toString()}`);
      const { data, next_cursor } = (await response.json()) as Page<T>;
      found.push(...data);
      cursor = next_cursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  private async call(method: string, path: string, also: readonly number[] = []): Promise<Response> {
    const { url, key } = this.access;
    const address = new URL(path, url);
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(address, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (error: unknown) => {
        throw environmentFailed(
          'TRACE_STORE_UNREACHABLE',
          `the trace store at ${address.host} does not answer`,
          'check its address',
          error,
        );
      },
    );
    if (response.ok || also.includes(response.status)) return response;
    throw refusal(method, address, response.status, await response.text());
  }
}

function refusal(method: string, { host, pathname }: URL, status: number, said: string): AirlockError {
  const what = `the trace store at ${host} answers ${String(status)} to ${method} ${pathname}`;
  if (status === 401 || status === 403)
    return environmentFailed('TRACE_STORE_REFUSES', what, 'give the API key of an administrator');
  return environmentFailed('TRACE_STORE_REFUSES', `${what}: ${said.slice(0, 200)}`, 'see the log of the store');
}
