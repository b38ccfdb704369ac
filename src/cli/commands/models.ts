import type { Command } from '../main.ts';
import { recordModels } from '../record.ts';

const builder = import.meta.glob<{ main(argv: readonly string[]): Promise<number> }>('../../../models/build.ts');

const models: Command = {
  about: '`build <id>…`: trained weights → models/<id>; `record [<id>…]`: what the page shows of them before they are open',
  async run(argv) {
    const [step, ...ids] = argv;
    if (step === 'record') {
      await recordModels(ids);
      return 0;
    }
    if (step !== 'build') throw new Error('say `build <id>…` or `record [<id>…]`.');
    const { main } = await Object.values(builder)[0]!();
    return main(argv);
  },
};

export default models;
