import { AppError } from '../../shared/errors.ts';
import { CohortDefinition, CohortId } from '../../shared/query/cohort.ts';
import { openCatalogueReader } from '../catalogue/reader.ts';
import { savedCohortOf } from '../catalogue/cohort-rows.ts';
import { removeCohort, saveCohort } from '../engine/cohorts/cohort-store.ts';
import { openStore } from '../engine/store/engine-store.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { readJsonInput } from './read-json.ts';

export const cohorts: Command = {
  name: 'cohorts',
  summary: 'Lists, saves and removes cohorts, which questions then name by their id.',
  usage: `tidemark cohorts list | save DEFINITION.json|- --name NAME [--id ID] | remove ID --environment E [--data-dir DIR] [--json]

  save    { "users": [ids] }, { "all": [rules] } or { "question", "cell" } as in QUERY §2
  --id    replaces the cohort of that id; without it, a new one is named after NAME
`,
  run,
};

const OPTIONS = {
  environment: { type: 'string' },
  name: { type: 'string' },
  id: { type: 'string' },
} as const;

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, values, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [action, operand, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`cohorts takes no argument "${rest[0] ?? ''}"`);
  const { environment } = values;
  if (environment === undefined) throw new BadUsage('cohorts needs --environment E');
  const answer = (result: object, text: string): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : `${text}\n`);
    return 0;
  };
  switch (action) {
    case 'list': {
      const saved = savedIn(dataDir, environment);
      const lines = saved.map(({ cohortId, name }) => `${cohortId}\t${name}`);
      return answer({ cohorts: saved }, lines.join('\n') || 'No cohorts are saved.');
    }
    case 'save': {
      if (values.name === undefined) throw new BadUsage('cohorts save needs --name NAME');
      const definition = definitionFrom(await readJsonInput(needed(operand, 'save', 'a definition'), io));
      const cohortId = values.id === undefined ? null : idFrom(values.id);
      const cohort = withStore(dataDir, (store) =>
        saveCohort(store, { environment, cohortId, name: values.name ?? '', definition }),
      );
      return answer({ cohort }, `Saved "${cohort.name}" as ${cohort.cohortId}.`);
    }
    case 'remove': {
      const cohortId = idFrom(needed(operand, 'remove', 'the ID of a cohort'));
      const cohort = withStore(dataDir, (store) => removeCohort(store, environment, cohortId));
      return answer({ cohort }, `Removed "${cohort.name}".`);
    }
    default:
      throw new BadUsage(`cohorts "${action ?? ''}" is not one of list, save, remove`);
  }
}

function savedIn(dataDir: string, environment: string) {
  const reader = openCatalogueReader(dataDir);
  const snapshot = reader.snapshot();
  try {
    return snapshot.cohorts(environment).map(savedCohortOf);
  } finally {
    snapshot.close();
    reader.close();
  }
}

function withStore<T>(dataDir: string, use: (store: ReturnType<typeof openStore>) => T): T {
  const store = openStore(dataDir);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

function needed(operand: string | undefined, action: string, what: string): string {
  if (operand === undefined) throw new BadUsage(`cohorts ${action} needs ${what}`);
  return operand;
}

function idFrom(text: string): string {
  const { data, error } = CohortId.safeParse(text);
  if (error !== undefined)
    throw new BadUsage(`"${text}" is no id of a cohort: small letters, digits and dashes`);
  return data;
}

function definitionFrom(input: unknown): CohortDefinition {
  const { data, error } = CohortDefinition.safeParse(input);
  if (data !== undefined) return data;
  const issue = error.issues[0];
  const path = issue?.path.join('.') ?? '';
  throw new AppError(
    'bad-input',
    `definition${path === '' ? '' : `.${path}`}: ${issue?.message ?? 'invalid'}`,
    {
      path: `definition${path === '' ? '' : `.${path}`}`,
    },
  );
}
