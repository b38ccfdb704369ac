import type { Command } from '../main.ts';
import { recordModels } from '../record.ts';

/** models/build.ts, which gives its exit code by throwing or not. */
const builder = import.meta.glob<{ buildModels(): Promise<void> }>('../../../models/build.ts');

const models: Command = {
  about: 'trained weights → models/<id>, then what the page shows before a model is open (build, record; both by default)',
  async run(argv) {
    const [step] = argv;
    if (step !== undefined && step !== 'build' && step !== 'record')
      throw new Error(`There is no step "${step}": build or record.`);
    if (step !== 'record') {
      for (const load of Object.values(builder)) await (await load()).buildModels();
    }
    if (step !== 'build') await recordModels();
    return 0;
  },
};

export default models;
