import type { RetentionSource } from '../../shared/rpc/contract/privacy.ts';
import { purge } from '../engine/privacy/purge.ts';
import {
  AGGREGATE_DAYS,
  HOT_DAYS,
  retentionPreview,
  setRetention,
} from '../engine/privacy/retention-settings.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { withStore } from './with-store.ts';

export const retention: Command = {
  name: 'retention',
  summary: 'Shows and sets how long rows and aggregates are kept, and purges what is older.',
  usage: `tidemark retention list | set SOURCE [--hot-days N] [--aggregate-days N] [--purge on|off] [--seen-rows N] | purge [--seen-rows N] [--data-dir DIR] [--json]

  list         what every source keeps, and what a purge would take away now
  set          --purge on needs --seen-rows: the rows that the list shows
  purge        makes aggregates of old rows of the sources that purge, and removes older ones;
               with --seen-rows only if it takes just as many
`,
  run,
};

const OPTIONS = {
  'hot-days': { type: 'string' },
  'aggregate-days': { type: 'string' },
  purge: { type: 'string' },
  'seen-rows': { type: 'string' },
} as const;

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, values, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [action, sourceName, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`retention takes no argument "${rest[0] ?? ''}"`);
  const answer = (result: object, lines: readonly string[]): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : `${lines.join('\n')}\n`);
    return 0;
  };
  switch (action) {
    case 'list':
      return withStore(dataDir, (store) => {
        const sources = retentionPreview(store);
        return answer(
          { sources },
          sources.length === 0 ? ['There are no sources of events.'] : sources.map(lineOf),
        );
      });
    case 'set': {
      if (sourceName === undefined) throw new BadUsage('retention set needs the name of a source');
      if (values.purge !== undefined && !['on', 'off'].includes(values.purge))
        throw new BadUsage(`--purge "${values.purge}" is neither on nor off`);
      const settings = {
        sourceName,
        hotDays: wholeNumber(values['hot-days'], '--hot-days') ?? HOT_DAYS,
        aggregateDays: wholeNumber(values['aggregate-days'], '--aggregate-days') ?? AGGREGATE_DAYS,
        purges: values.purge === 'on',
        seenRows: wholeNumber(values['seen-rows'], '--seen-rows'),
      };
      return withStore(dataDir, (store) => {
        const source = setRetention(store, settings);
        return answer({ source }, [lineOf(source)]);
      });
    }
    case 'purge':
      return withStore(dataDir, async (store) => {
        const outcome = await purge(store, wholeNumber(values['seen-rows'], '--seen-rows'));
        const { rowsToAggregates, rowsRemoved } = outcome;
        return answer(outcome, [`${rowsToAggregates} rows became aggregates, ${rowsRemoved} were removed.`]);
      });
    default:
      throw new BadUsage(`retention "${action ?? ''}" is not one of list, set, purge`);
  }
}

function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new BadUsage(`${option} "${text}" is no whole number`);
  return Number(text);
}

function lineOf({ sourceName, hotDays, aggregateDays, purges, next }: RetentionSource): string {
  const span =
    next.days === 0 ? '' : ` of ${next.days} days (${next.firstDay ?? ''} to ${next.lastDay ?? ''})`;
  return (
    `${sourceName}: rows ${hotDays} days, aggregates ${aggregateDays} days, purging is ${purges ? 'on' : 'off'}; ` +
    `a purge takes ${next.rows} rows${span}, ${next.rowsToAggregates} of them into aggregates, about ${next.bytes} bytes`
  );
}
