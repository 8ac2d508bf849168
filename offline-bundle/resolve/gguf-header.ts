/** The key-value pairs at the start of a GGUF file (ggml-org/ggml docs/gguf.md, "File Structure"), versions 2 and 3. */

const MAGIC = 0x46554747; // "GGUF", little-endian
/** Bytes of the value types of a fixed size, by their ids (enum gguf_metadata_value_type). */
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const STRING = 8;
const ARRAY = 9;

/** null where the value is a list. */
export type GgufMetadata = Readonly<Record<string, string | number | boolean | null>>;

class Reader {
  private at = 0;

  public constructor(private readonly bytes: Buffer) {}

  /** @throws RangeError beyond the bytes at hand */
  public take(size: number): Buffer {
    if (this.at + size > this.bytes.length) throw new RangeError('the header goes on');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  public u32 = (): number => this.take(4).readUInt32LE();
  public u64 = (): number => Number(this.take(8).readBigUInt64LE());
  public string = (): string => this.take(this.u64()).toString('utf8');

  public value(type: number): string | number | boolean | null {
    if (type === STRING) return this.string();
    if (type === ARRAY) {
      const [item, items] = [this.u32(), this.u64()];
      const size = SIZES[item];
      if (size !== undefined) this.take(size * items);
      else for (let index = 0; index < items; index += 1) this.value(item);
      return null;
    }
    const bytes = this.take(SIZES[type] ?? 0);
    switch (type) {
      case 0:
        return bytes.readUInt8();
      case 1:
        return bytes.readInt8();
      case 2:
        return bytes.readUInt16LE();
      case 3:
        return bytes.readInt16LE();
      case 4:
        return bytes.readUInt32LE();
      case 5:
        return bytes.readInt32LE();
      case 6:
        return bytes.readFloatLE();
      case 7:
        return bytes.readUInt8() !== 0;
      case 10:
        return Number(bytes.readBigUInt64LE());
      case 11:
        return Number(bytes.readBigInt64LE());
      case 12:
        return bytes.readDoubleLE();
      default:
        throw new RangeError(`no value type ${type}`);
    }
  }
}

/**
 * Reads as many pairs as the bytes hold: vocabularies come last and are long, what describes the model comes first.
 *
 * @param start the first bytes of the file
 * @returns pairs, without the contents of lists; none where it is no GGUF file
 */
export function ggufMetadata(start: Buffer): GgufMetadata {
  const found: Record<string, string | number | boolean | null> = {};
  const reader = new Reader(start);
  try {
    if (reader.u32() !== MAGIC || reader.u32() < 2) return {};
    reader.u64(); // tensors
    const pairs = reader.u64();
    for (let index = 0; index < pairs; index += 1) {
      const key = reader.string();
      found[key] = reader.value(reader.u32());
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}
