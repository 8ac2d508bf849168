// Runs in a container's network: one streamed request, whose events are printed as they come; says at the end how it ended.
const [url, body] = process.argv.slice(2);
try {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  for await (const chunk of response.body) process.stdout.write(chunk);
  process.stdout.write('\nclosed\n');
} catch (error) {
  process.stdout.write(`\nbroken: ${String(error.cause ?? error)}\n`);
}
