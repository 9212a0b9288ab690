import type { ExpectationInfo } from '../../shared/rpc/contract/privacy.ts';
import { importExpectation, listExpectations, removeExpectation } from '../engine/privacy/expectations.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { readJsonInput } from './read-json.ts';
import { withStore } from './with-store.ts';

export const expectations: Command = {
  name: 'expectations',
  summary: 'Takes an Avro or JSON Schema for an event type and shows how many rows are not as expected.',
  usage: `tidemark expectations list | import SCHEMA.json|- --environment E [--event-type TYPE] | remove TYPE --environment E [--data-dir DIR] [--json]

  import   rows that break the schema are kept and counted; --event-type, else the schema's own name
  remove   rows of the event type are not held against anything any more
`,
  run,
};

const OPTIONS = { environment: { type: 'string' }, 'event-type': { type: 'string' } } as const;

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, values, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [action, file, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`expectations takes no argument "${rest[0] ?? ''}"`);
  const answer = (list: ExpectationInfo[]): ExitCode => {
    const lines = list.length === 0 ? ['No schema was imported.'] : list.map(lineOf);
    io.stdout.write(json ? `${JSON.stringify({ ok: true, expectations: list })}\n` : `${lines.join('\n')}\n`);
    return 0;
  };
  switch (action) {
    case 'list':
      return withStore(dataDir, (store) => answer(listExpectations(store)));
    case 'import': {
      const { environment, 'event-type': eventType = null } = values;
      if (file === undefined || environment === undefined)
        throw new BadUsage('expectations import needs a schema and --environment E');
      const schema = await readJsonInput(file, io);
      return withStore(dataDir, (store) => {
        importExpectation(store, { environment, eventType, schema });
        return answer(listExpectations(store));
      });
    }
    case 'remove': {
      const { environment } = values;
      if (file === undefined || environment === undefined)
        throw new BadUsage('expectations remove needs an event type and --environment E');
      return withStore(dataDir, (store) => {
        removeExpectation(store, { environment, eventType: file });
        return answer(listExpectations(store));
      });
    }
    default:
      throw new BadUsage(`expectations "${action ?? ''}" is not one of list, import, remove`);
  }
}

function lineOf({ environment, eventType, fields, broken }: ExpectationInfo): string {
  const rows = broken.map(
    ({ source, field, problem, rows: count }) => `${source}, ${field}: ${problem} in ${count} rows`,
  );
  return `${environment} ${eventType}: ${fields} fields; ${rows.length === 0 ? 'all rows are as expected' : rows.join('; ')}`;
}
