import type { DeletionRequest } from '../../shared/rpc/contract/privacy.ts';
import { runDeletions } from '../engine/privacy/apply-deletions.ts';
import { privacyState, requestById, requestDeletion } from '../engine/privacy/privacy-handlers.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { withStore } from './with-store.ts';

export const privacy: Command = {
  name: 'privacy',
  summary: 'Forgets users who ask for it, and shows the requests and their receipts.',
  usage: `tidemark privacy list | apply | delete USER [--request ID] [--data-dir DIR] [--json]

  list     requests by the time that is left, and the receipts of those that are done
  apply    applies every request that is open
  delete   forgets a user in every environment now; --request is the id that the receipt will carry
`,
  run,
};

const OPTIONS = { request: { type: 'string' } } as const;
const NO_GRACE_MS = 0; // whoever holds the folder alone has no readers

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, values, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [action, userId, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`privacy takes no argument "${rest[0] ?? ''}"`);
  const answer = (result: object, lines: readonly string[]): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : `${lines.join('\n')}\n`);
    return 0;
  };
  if (userId !== undefined && action !== 'delete')
    throw new BadUsage(`privacy ${action ?? ''} takes no user`);
  switch (action) {
    case 'list':
      return withStore(dataDir, (store) => {
        const state = privacyState(store);
        return answer(state, listed(state.requests));
      });
    case 'apply':
      return withStore(dataDir, async (store) => {
        const applied = await runDeletions(store, { graceMs: NO_GRACE_MS });
        return answer({ applied }, [`Applied ${applied} requests.`]);
      });
    case 'delete': {
      if (userId === undefined) throw new BadUsage('privacy delete needs the id of a user');
      return withStore(dataDir, async (store) => {
        const requestId = await requestDeletion(store, { userId, requestId: values.request ?? null });
        await runDeletions(store, { graceMs: NO_GRACE_MS });
        const request = requestById(store, requestId);
        return answer({ request }, [`Request ${requestId}: ${receiptText(request)}`]);
      });
    }
    default:
      throw new BadUsage(`privacy "${action ?? ''}" is not one of list, apply, delete`);
  }
}

function listed(requests: readonly DeletionRequest[]): string[] {
  if (requests.length === 0) return ['Nobody has asked to be forgotten.'];
  return requests.map((request) => `${request.requestId}\t${timeText(request)}\t${receiptText(request)}`);
}

const HOUR_MS = 3_600_000;

function timeText({ timeLeftMs, doneAt }: DeletionRequest): string {
  if (timeLeftMs === null) return `done ${doneAt ?? ''}`;
  const hours = Math.floor(Math.abs(timeLeftMs) / HOUR_MS);
  return timeLeftMs < 0 ? `${hours} h overdue` : `${hours} h left`;
}

function receiptText({ state, receipt }: DeletionRequest): string {
  if (receipt === null) return 'waits to be applied';
  const { rows, segments, dimensionRows, cohorts, annotations, quarantined, sourceObjects } = receipt;
  const ending = state === 'done' ? '' : '; files of before are deleted once no reader needs them';
  return (
    `${rows} events in ${segments} files, ${dimensionRows} rows of dimensions, ${cohorts} cohorts, ` +
    `${annotations} annotations, ${quarantined} rows in quarantine; ` +
    `${sourceObjects} objects at the sources still hold rows of the user${ending}`
  );
}
