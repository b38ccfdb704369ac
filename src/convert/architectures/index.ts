import { TokenscopeError } from '../../core/errors.ts';
import { shelf } from '../../core/shelf.ts';
import type { Architecture, Checkpoint, ConvertedModel, ConvertOptions } from '../architecture.ts';
import { resemblance } from '../resemblance.ts';

const architectures = shelf<Architecture>(import.meta.glob('./*.ts', { eager: true, import: 'default' }));

/** The checkpoint as a model folder, by the first architecture that recognises it; undefined when none does. */
export async function convertCheckpoint(
  checkpoint: Checkpoint,
  options: ConvertOptions = { weights: 'stored' },
): Promise<ConvertedModel | undefined> {
  for (const architecture of Object.values(architectures)) {
    const settings = architecture.recognise(checkpoint);
    if (settings !== undefined) return architecture.write(settings, checkpoint, options);
  }
  return undefined;
}

/** What to tell of a checkpoint that `convertCheckpoint` gave nothing for. */
export function unrecognised({ file, tensors }: Checkpoint): TokenscopeError {
  const { looks, family, tensors: some } = resemblance(tensors);
  return new TokenscopeError('checkpoint-unrecognised', {
    file,
    looks,
    family: family ? ` (${family})` : '',
    tensors: some.join(', '),
  });
}
