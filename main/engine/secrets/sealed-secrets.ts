import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { writeSecretFile } from './secret-file.ts';
import type { Sealer } from './sealer.ts';
import { type SecretStore, checkSecretName, checkSecretValue } from './secret-store.ts';

const Values = z.record(z.string(), z.string());
type Values = z.infer<typeof Values>;

/** Secrets in one sealed file of mode 0600: neither values nor names can be seen in it. */
export function createSealedSecrets(file: string, sealer: Sealer): SecretStore {
  let turn: Promise<unknown> = Promise.resolve(); // one change at a time, each on top of the last
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };

  async function load(): Promise<Values> {
    const sealed = stored(file);
    if (sealed === null) return {};
    const { text, sealAgain } = await sealer.open(sealed);
    const values = valuesOf(text, file);
    if (sealAgain) await save(values);
    return values;
  }

  const save = async (values: Values): Promise<void> =>
    writeSecretFile(file, await sealer.seal(JSON.stringify(values)));

  return {
    protection: sealer.protection,
    read: (name) => inTurn(async () => (await load())[name] ?? null),
    names: () => inTurn(async () => Object.keys(await load()).sort()),
    set(name, value) {
      checkSecretName(name);
      checkSecretValue(value);
      return inTurn(async () => save({ ...(await load()), [name]: value }));
    },
    remove: (name) =>
      inTurn(async () => {
        const { [name]: removed, ...rest } = await load();
        if (removed !== undefined) await save(rest);
        return removed !== undefined;
      }),
  };
}

function stored(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new AppError('not-readable', `${file} cannot be read`, { cause });
  }
}

function valuesOf(text: string, file: string): Values {
  try {
    return Values.parse(JSON.parse(text));
  } catch {
    // no cause: it might quote what was opened
    throw new AppError('corrupt', `${file} holds no secrets; delete it and set them again`);
  }
}
