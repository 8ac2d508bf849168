// Runs in a container's network: one HTTP request, as the kubelet or a client makes it; prints status and body.
const [url, method = 'GET', body] = process.argv.slice(2);
const headers = body === undefined ? {} : { 'content-type': 'application/json' };
try {
  const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(60_000) });
  process.stdout.write(JSON.stringify({ status: response.status, body: await response.text() }));
} catch (error) {
  process.stdout.write(JSON.stringify({ status: 0, body: String(error.cause ?? error) }));
}
