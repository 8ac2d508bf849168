import { MIDDLEWARE, MIDDLEWARE_FILE, MIDDLEWARE_FOLDER } from '../../../telemetry/traces/phoenix-middleware';

describe('what the kit adds to Phoenix', () => {
  it('is a class in the file that the setting names', () => {
    const [file, name] = MIDDLEWARE.split(':');
    expect(file).toBe(`${MIDDLEWARE_FOLDER}/${MIDDLEWARE_FILE.name}`);
    expect(MIDDLEWARE_FILE.content).toContain(`class ${name ?? ''}(BaseHTTPMiddleware):`);
  });

  it('turns the one status of spans into one after which OTLP tries again', () => {
    expect(MIDDLEWARE_FILE.content).toMatch(/status_code == 507 and request\.url\.path == "\/v1\/traces"/);
    expect(MIDDLEWARE_FILE.content).toContain('status_code = 503');
  });
});
