/** Writes GGUF version 3 files (ggml-org/ggml docs/gguf.md). */
export type GgufValue =
  | { readonly type: 'u32' | 'i32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'i32s'; readonly value: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** Fastest-moving dimension first: the reverse of PyTorch's order. */
  readonly dimensions: readonly number[];
  /** 32-bit floats. */
  readonly bytes: Buffer;
}

const TYPE_IDS = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const ALIGNMENT = 32;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const f32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const string = (text: string): Buffer => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
const array = (type: number, items: readonly Buffer[]): Buffer =>
  Buffer.concat([u32(TYPE_IDS.array), u32(type), u64(items.length), ...items]);
const padding = (length: number): Buffer => Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);

function encode(entry: GgufValue): Buffer {
  switch (entry.type) {
    case 'strings':
      return array(TYPE_IDS.string, entry.value.map(string));
    case 'i32s':
      return array(TYPE_IDS.i32, entry.value.map(i32));
    case 'string':
      return Buffer.concat([u32(TYPE_IDS.string), string(entry.value)]);
    case 'bool':
      return Buffer.concat([u32(TYPE_IDS.bool), Buffer.from([entry.value ? 1 : 0])]);
    case 'u32':
      return Buffer.concat([u32(TYPE_IDS.u32), u32(entry.value)]);
    case 'i32':
      return Buffer.concat([u32(TYPE_IDS.i32), i32(entry.value)]);
    case 'f32':
      return Buffer.concat([u32(TYPE_IDS.f32), f32(entry.value)]);
  }
}

/** Header, key-value pairs, tensor infos, then the tensors, each at a multiple of the alignment. */
export function writeGguf(pairs: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const metadata = { ...pairs, 'general.alignment': { type: 'u32', value: ALIGNMENT } as const };
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(Object.keys(metadata).length)];
  for (const [key, value] of Object.entries(metadata)) parts.push(string(key), encode(value));
  const data: Buffer[] = [];
  let offset = 0;
  for (const { name, dimensions, bytes } of tensors) {
    const floats = 0; // ggml type F32
    parts.push(string(name), u32(dimensions.length), ...dimensions.map(u64), u32(floats), u64(offset));
    const pad = padding(bytes.length);
    data.push(bytes, pad);
    offset += bytes.length + pad.length;
  }
  const head = Buffer.concat(parts);
  return Buffer.concat([head, padding(head.length), ...data]);
}
