import { formatOciReference, parseOciReference, repositoryOf } from '../../core/oci-reference';

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('parseOciReference', () => {
  // Expectations as distribution/reference normalizes them (reference_test.go, normalize_test.go).
  it.each([
    ['busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    ['docker.io/busybox', 'docker.io/library/busybox:latest'],
    ['vllm/vllm-openai:v0.27.1', 'docker.io/vllm/vllm-openai:v0.27.1'],
    ['ghcr.io/ggml-org/llama.cpp:server-b10068', 'ghcr.io/ggml-org/llama.cpp:server-b10068'],
    ['localhost/a/b', 'localhost/a/b:latest'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000/a:latest'],
    [`127.0.0.1:5000/a:t@${DIGEST}`, `127.0.0.1:5000/a:t@${DIGEST}`],
    [`busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`],
  ])('normalizes %s to %s', (text, expected) => {
    expect(formatOciReference(parseOciReference(text))).toBe(expected);
  });

  it.each([
    '',
    'UPPER/case',
    'a b',
    'host/../x',
    'busybox:',
    'busybox@sha256:12',
    'a//b',
    '-x/y',
    'x.y:99999999/a:t:u',
  ])('refuses %j, naming it', (text) => {
    expect(() => parseOciReference(text)).toThrow(/^(image reference )?"/);
  });

  it('names the repository without tag and digest', () => {
    expect(repositoryOf(parseOciReference('ghcr.io/a/b:c'))).toBe('ghcr.io/a/b');
  });
});
