/** Everything this tier installs, pinned; the newest that a package registry has. */

/** Debian 12 packages, `name=version`. */
export const DEBIAN_PACKAGES = [
  'cmake=3.25*',
  'containerd=1.6.20*',
  'g++=4:12.2*',
  'iproute2=6.1*',
  'runc=1.1.5*',
  'strace=6.1*',
] as const;

/** llama.cpp lies in the source package of its Python binding, as `vendor/llama.cpp`. */
export const LLAMA_CPP = { package: 'llama-cpp-python', version: '0.3.36' } as const;

/** The newest Ollama that is published as a Go module: older than its current images, whose contract is the same. */
export const OLLAMA = { module: 'github.com/ollama/ollama', version: 'v0.17.4' } as const;

/** Their parsers run on the PyTorch of parsers/requirements.txt. */
export const VLLM = '0.33.0';
export const SGLANG = '0.5.23';
