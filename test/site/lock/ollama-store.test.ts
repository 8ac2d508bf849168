import { digestOf, hexOf } from '../../../core/digest';
import type { LockModel } from '../../../site/generated/lock';
import { ollamaStore } from '../../../site/lock/ollama-store';

const file = (path: string, text: string): LockModel['files'][number] => ({
  ...{ path, size: text.length, sha256: hexOf(digestOf(text)) },
  ...{ sha256From: 'hub', gitOid: 'a'.repeat(40) },
});
const model = (...files: LockModel['files']): LockModel => ({
  name: 'tiny',
  source: { repository: 'example/tiny', revision: 'ab'.repeat(20), include: [], exclude: [] },
  license: { expected: 'MIT', declared: 'MIT', files: [] },
  files,
});
const GGUF = file('tiny.gguf', 'weights');
const TEMPLATE = file('template', '{{ .Prompt }}');
const REQUEST = { name: 'small', servedName: 'tiny-chat', model: 'tiny' };

describe('ollamaStore', () => {
  it('is the folder that Ollama reads: blobs by digest, one manifest by name', () => {
    const { artifact, contents } = ollamaStore(model(GGUF, TEMPLATE, file('README.md', 'x')), REQUEST);
    const [config, manifest] = contents;
    const paths = artifact.layers.map(({ annotations, digest, size }) => [
      annotations?.['org.opencontainers.image.title'],
      digest,
      size,
    ]);
    expect(paths).toEqual([
      [`blobs/sha256-${GGUF.sha256}`, `sha256:${GGUF.sha256}`, 7],
      [`blobs/sha256-${TEMPLATE.sha256}`, `sha256:${TEMPLATE.sha256}`, 13],
      [`blobs/sha256-${hexOf(config!.descriptor.digest)}`, config!.descriptor.digest, config!.bytes.length],
      ['manifests/registry.ollama.ai/library/tiny-chat/latest', manifest!.descriptor.digest, manifest!.bytes.length],
    ]);
    expect(JSON.parse(manifest!.bytes.toString())).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: config!.descriptor.digest },
      layers: [
        { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${GGUF.sha256}`, size: 7 },
        { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${TEMPLATE.sha256}`, size: 13 },
      ],
    });
  });

  it('takes the file that the serving names', () => {
    const two = model(GGUF, file('q8.gguf', 'more'));
    expect(ollamaStore(two, { ...REQUEST, file: 'q8.gguf' }).section.file).toBe('q8.gguf');
    expect(() => ollamaStore(two, REQUEST)).toThrow(
      /serving "small": Ollama loads one whole GGUF file .* tiny\.gguf, q8\.gguf/,
    );
  });

  it.each<[string, LockModel['files']]>([
    ['no GGUF file', [file('model.safetensors', 'x')]],
    ['a projector alone', [file('mmproj-f16.gguf', 'x')]],
    ['a split file', [file('m-00001-of-00002.gguf', 'x')]],
  ])('refuses a model with %s', (_what, files) => {
    expect(() => ollamaStore(model(...files), REQUEST)).toThrow(/one whole GGUF file/);
  });
});
