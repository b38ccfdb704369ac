/**
 * Every failure a person can meet, named once, with the parameters its sentence needs.
 * `src/i18n` owns the sentences in both languages; a test covers every code.
 */
export interface ErrorParameters {
  // the machine
  'webgpu-failed': { reason: string };
  'device-lost': { reason: string };
  'out-of-memory': { what: string };
  'worker-crashed': { reason: string };
  'engine-down': { reason: string };
  // models
  'manifest-invalid': { file: string; reason: string };
  'model-missing-file': { file: string };
  'model-http': { file: string; status: number };
  'model-web-page': { file: string };
  'model-offline': { file: string };
  'model-truncated': { file: string; bytes: number; expected: number };
  'model-hash': { file: string };
  'model-corrupt': { file: string; reason: string };
  'model-check-failed': { provider: string; mismatched: number; difference: number };
  'model-not-open': { model: string };
  'half-precision': { file: string; reason: string };
  // published checkpoints
  'checkpoint-unknown': { file: string };
  /** `looks` is what it seems to be (a text `checkpoints.looks.<looks>`), `family` the nearest published network or empty. */
  'checkpoint-unrecognised': { file: string; looks: Looks; family: string; tensors: string };
  'checkpoint-format': { file: string; format: string };
  'checkpoint-pointer': { file: string };
  'checkpoint-damaged': { file: string; reason: string };
  'checkpoint-unsafe': { file: string; reason: string };
  'checkpoint-big-endian': { file: string };
  'checkpoint-type': { file: string; tensor: string; type: string };
  'checkpoint-empty': { file: string };
  'checkpoint-incomplete': { file: string; missing: string };
  'checkpoint-clash': { file: string; other: string; tensor: string };
  'checkpoint-not-finite': { file: string; tensor: string };
  'checkpoint-beyond-half': { file: string; tensor: string };
  'checkpoint-whole-download': { file: string; bytes: number };
  'checkpoint-changed': { file: string };
  'checkpoint-cors': { address: string };
  // models on servers
  'remote-address': { address: string };
  'remote-refused': { repository: string; status: number };
  'remote-nothing': { repository: string };
  // dropped ONNX files
  'onnx-not': { file: string };
  'onnx-pointer': { file: string };
  'onnx-external-path': { file: string; path: string };
  'onnx-external-missing': { file: string; missing: string };
  'onnx-external-short': { file: string; missing: string; bytes: number; expected: number };
  'onnx-operators': { file: string; operators: string };
  'onnx-opset': { file: string; opset: string };
  'onnx-only-weights': { file: string };
  'onnx-roles': { file: string };
  'onnx-no-encoder': { file: string };
  'onnx-no-decoder': { file: string };
  'onnx-foreign': { file: string; takes: string; gives: string };
  'onnx-batch': { file: string; count: number };
  'onnx-inputs': { file: string; inputs: string };
  'onnx-no-tokens': { file: string };
  'onnx-several-quantizers': { file: string; count: number };
  'onnx-size': { file: string; reason: string };
  'onnx-no-decoding': { file: string };
  'onnx-unlinked': { from: string; to: string; reason: string };
  // sources
  'media-empty': { file: string };
  'media-unknown': { file: string };
  'media-undecodable': { file: string; format: string };
  'media-unsupported': { file: string; format: string };
  'media-too-large': { file: string; megapixels: number };
  'media-video': { file: string };
  'media-text': { file: string };
  'media-pdf': { file: string };
  'media-model': { file: string; format: string };
  'media-archive': { file: string; format: string };
  'media-none': { skipped: number };
  'media-fetch': { address: string };
  // clips
  'clip-format': { file: string; format: string };
  'clip-no-video': { file: string };
  'clip-encrypted': { file: string };
  'clip-truncated': { file: string };
  'clip-damaged': { file: string };
  'clip-stuck': { file: string };
  /** `works` lists what this browser decodes. */
  'clip-codec': { file: string; codec: string; works: string };
  'clip-undecodable': { file: string; seconds: string };
  'clip-nothing': { file: string; from: string; seconds: string };
  'clip-sequence': { file: string; sizes: string };
  'clip-encode': { format: string; reason: string };
  'clip-no-encoder': { format: string };
  'camera-denied': Record<string, never>;
  'camera-missing': Record<string, never>;
  'camera-busy': Record<string, never>;
  'npy-invalid': { file: string; reason: NpyFault };
  'tokens-invalid': { file: string; reason: TokenFileFault };
  'tokens-range': { token: number; size: number };
  /** `reason` is the shape they do not fill. */
  'tokens-shape': { count: number; reason: string };
  'tokens-unshaped': { count: number };
  'clipboard-empty': Record<string, never>;
  // everything else
  'engine-timeout': { seconds: number };
  'save-failed': { reason: string };
  internal: { message: string };
}

/** What a checkpoint that no architecture recognises looks like. */
export type Looks =
  | 'continuous'
  | 'diffusion'
  | 'language'
  | 'classifier'
  | 'discriminator'
  | 'half'
  | 'known'
  | 'tokenizer'
  | 'incomplete'
  | 'unknown';

/** What is wrong with an .npy file; each is a text `sources.fault.<fault>`. */
export type NpyFault = 'not-npy' | 'header' | 'type' | 'shape' | 'short';

/** What is wrong with a token file; each is a text `sources.fault.<fault>`. */
export type TokenFileFault = 'no-numbers' | 'not-whole' | 'json' | 'not-tokens' | 'too-many' | 'codebook-size';

export type ErrorCode = keyof ErrorParameters;

/** `code` and `parameters` are for programs; the sentence a person reads is made of them by `src/i18n`. */
export class TokenscopeError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TokenscopeError';
  readonly code: C;
  readonly parameters: ErrorParameters[C];

  constructor(code: C, parameters: ErrorParameters[C], options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(parameters)}`, options);
    this.code = code;
    this.parameters = parameters;
  }
}

export interface WireError {
  readonly code: ErrorCode;
  readonly parameters: ErrorParameters[ErrorCode];
  readonly aborted: boolean;
  readonly stack?: string;
}

/** Errors lose their class when they cross a worker; these two put it back. */
export function toWire(error: unknown): WireError {
  if (error instanceof TokenscopeError) return { code: error.code, parameters: error.parameters, aborted: false };
  const { message = String(error), stack } = (error ?? {}) as Partial<Error>;
  return { code: 'internal', parameters: { message }, aborted: isAbort(error), ...(stack ? { stack } : {}) };
}

export function fromWire(wire: WireError): Error {
  if (wire.aborted) return new DOMException('aborted', 'AbortError');
  return new TokenscopeError(wire.code, wire.parameters);
}

export function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'AbortError';
}

/** Any thrown thing as a named error; what is not ours becomes `internal`. */
export function asTokenscopeError(error: unknown): TokenscopeError {
  if (error instanceof TokenscopeError) return error;
  return new TokenscopeError('internal', { message: error instanceof Error ? error.message : String(error) }, { cause: error });
}
