/** Writes safetensors files (huggingface/safetensors README, "Format"). */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'BF16' | 'F32';
  readonly bytes: Buffer;
}

/** An eight-byte length, a JSON header padded with spaces to eight bytes, then the tensors without gaps. */
export function writeSafetensors(tensors: readonly Tensor[]): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, dtype, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const json = JSON.stringify(header);
  const padded = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8, ' '));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...tensors.map((tensor) => tensor.bytes)]);
}
