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
    ['[fd00::1]:5000/a', '[fd00::1]:5000/a:latest'],
    ['registry:5000/a/b', 'registry:5000/a/b:latest'],
    ['LOCAL.Example-1.io/a', 'LOCAL.Example-1.io/a:latest'],
    ['x-1.y--2.io/a', 'x-1.y--2.io/a:latest'],
    ['docker.io/a.b_c__d---e/f1.g_h--i__j', 'docker.io/a.b_c__d---e/f1.g_h--i__j:latest'],
    [`x:${'t'.repeat(128)}`, `docker.io/library/x:${'t'.repeat(128)}`],
    [`busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`],
  ])('normalizes %s to %s', (text, expected) => {
    expect(formatOciReference(parseOciReference(text))).toBe(expected);
  });

  const FORM = 'write [host[:port]/]repository[:tag][@sha256:…], e.g. docker.io/library/busybox:1.36';
  const refusal = (message: string): Error =>
    expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID', message, fix: FORM }) as Error;

  it.each([
    ...[
      '',
      'UPPER/case',
      'a b',
      'host/../x',
      'a//b',
      '-x/y',
      '/a',
      'a/',
      'a.io/',
      'a_/b',
      'a/_b',
      'a___b',
      'a.-b',
      'a..b',
    ],
    ...[
      'a.io/b/',
      'a.io/B',
      'a.io/b/C',
      'a.io/b c',
      'a.io/-b',
      'a.io/b-',
      'a.io/b._c',
      'x!/y',
      'a/b!',
      '!a/b',
      'a/b/c!',
    ],
    ...[
      '-a.io/b',
      'a-.io/b',
      'a.-b/c',
      'a.b-/c',
      'a..io/b',
      '.io/b',
      'a./b',
      'a b.io/c',
      'a.i o/b',
      'a.io:/b',
      'a.io:x/b',
    ],
    ...[
      'a.io:123456/b',
      'a.io:5000x/b',
      '[::1/b',
      '::1]/b',
      '[]:5000/b',
      '[g::]:1/b',
      'x[::1]/b.c',
      '[::1]x/b',
      'é.io/b',
    ],
  ])('refuses %j, naming it and the form', (text) => {
    expect(() => parseOciReference(text)).toThrow(refusal(`"${text}" is not an image reference`));
  });

  it.each([
    ['busybox:', ''],
    ['x.y:99999999/a:t:', ''],
    ['busybox:.a', '.a'],
    ['busybox:-a', '-a'],
    ['busybox:a!', 'a!'],
    ['busybox:!a', '!a'],
    [`busybox:${'t'.repeat(129)}`, 't'.repeat(129)],
  ])('refuses %j for its tag', (text, tag) => {
    expect(() => parseOciReference(text)).toThrow(refusal(`image reference "${text}" has a malformed tag "${tag}"`));
  });

  it.each(['busybox@sha256:12', 'busybox@', `busybox@${DIGEST}0`, `@@${DIGEST}`, `busybox@sha512:${'0'.repeat(64)}`])(
    'refuses %j for its digest',
    (text) => {
      expect(() => parseOciReference(text)).toThrow(refusal(`image reference "${text}" ends in a malformed digest`));
    },
  );

  it('takes a digest alone for nothing', () => {
    expect(() => parseOciReference(`@${DIGEST}`)).toThrow('is not an image reference');
  });

  it('holds the parts, and those alone that were written', () => {
    expect(parseOciReference(`a.io/b@${DIGEST}`)).toStrictEqual({ host: 'a.io', path: 'b', digest: DIGEST });
    expect(parseOciReference('a.io/b')).toStrictEqual({ host: 'a.io', path: 'b', tag: 'latest' });
    expect(parseOciReference(`a.io/b:c@${DIGEST}`)).toStrictEqual({
      host: 'a.io',
      path: 'b',
      tag: 'c',
      digest: DIGEST,
    });
  });

  it('names the repository without tag and digest', () => {
    expect(repositoryOf(parseOciReference('ghcr.io/a/b:c'))).toBe('ghcr.io/a/b');
  });
});
