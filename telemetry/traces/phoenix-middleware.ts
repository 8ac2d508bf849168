/** The one thing that the kit adds to Phoenix: a full store says "later", not "never". */

/**
 * Phoenix answers 507 to spans once its database has reached its share of the capacity (phoenix/server/authorization.py,
 * `is_not_locked`). OTLP tries again after 429, 502, 503 and 504 alone (opentelemetry-proto docs/specification.md, "Retryable
 * Response Codes"), so the Collector would throw away what it sends then; after 503 it keeps it.
 */
const REFUSE_FOR_NOW = `from starlette.middleware.base import BaseHTTPMiddleware


class RefuseForNow(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        if response.status_code == 507 and request.url.path == "/v1/traces":
            response.status_code = 503
        return response
`;

/** Folder of the file inside the container. */
export const MIDDLEWARE_FOLDER = '/mnt/airlock';

/** File that Phoenix loads at its start. */
export const MIDDLEWARE_FILE = { name: 'refuse_for_now.py', content: REFUSE_FOR_NOW } as const;

/** Value of PHOENIX_FASTAPI_MIDDLEWARE_PATHS. */
export const MIDDLEWARE = `${MIDDLEWARE_FOLDER}/${MIDDLEWARE_FILE.name}:RefuseForNow`;
