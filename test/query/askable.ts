import { AppError } from '../../shared/errors.ts';
import { fillStore } from '../support/scene-store.ts';
import { type Askable, EVERYTHING } from './generate-specs.ts';

/** What the query engine answers today: what it refuses by name is not asked, and asked as soon as it is known. */
export async function askable(): Promise<Askable> {
  const store = await fillStore({ rows: {} });
  const engine = store.engine();
  const isKnown = async (question: object): Promise<boolean> => {
    try {
      await engine.run({ environment: 'test', ...question });
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'bad-input') return false;
      throw error;
    }
  };
  try {
    const metrics: string[] = [];
    for (const measure of EVERYTHING.metrics) {
      if (await isKnown({ kind: 'trend', series: [{ measure }] })) metrics.push(measure);
    }
    return { ...EVERYTHING, metrics };
  } finally {
    engine.close();
    store.remove();
  }
}
