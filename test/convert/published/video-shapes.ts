type Three = readonly [number, number, number];

/** Collects tensors of networks of clips as PyTorch's modules name them. */
export class VideoModules {
  readonly shapes = new Map<string, readonly number[]>();

  conv(name: string, inputs: number, outputs: number, kernel: Three, { bias = true } = {}): void {
    this.shapes.set(`${name}.weight`, [outputs, inputs, ...kernel]);
    if (bias) this.shapes.set(`${name}.bias`, [outputs]);
  }

  convTranspose(name: string, inputs: number, outputs: number, kernel: Three): void {
    this.shapes.set(`${name}.weight`, [inputs, outputs, ...kernel]);
    this.shapes.set(`${name}.bias`, [outputs]);
  }

  linear(name: string, width: number, { bias = true } = {}): void {
    this.shapes.set(`${name}.weight`, [width, width]);
    if (bias) this.shapes.set(`${name}.bias`, [width]);
  }

  norm(name: string, width: number, { batch = false } = {}): void {
    const parts = batch ? ['weight', 'bias', 'running_mean', 'running_var'] : ['weight', 'bias'];
    for (const part of parts) this.shapes.set(`${name}.${part}`, [width]);
  }
}
