import { performance } from 'node:perf_hooks';
import { ruleSentence } from '../../shared/alerts/sentence.ts';
import { Label } from '../../shared/alerts/rule.ts';
import { runAlertCheck } from '../../shared/alerts/run-check.ts';
import { AppError } from '../../shared/errors.ts';
import type { AlertFiring, AlertsState } from '../../shared/rpc/contract/alerts.ts';
import { alertsOf, settingsOf, updateFiring } from '../engine/alerts/alert-store.ts';
import { createDelivery } from '../engine/alerts/deliver.ts';
import { ownJudge } from '../engine/alerts/own-judge.ts';
import { testChannel } from '../engine/alerts/test-channel.ts';
import { openSecrets } from '../engine/secrets/open-secrets.ts';
import { type EngineStore, openStore } from '../engine/store/engine-store.ts';
import { createQueryEngine } from '../query/create-query-engine.ts';
import { nodeRuntime } from '../runtime.ts';
import {
  dropChannel,
  dropRule,
  keepChannel,
  keepQuietHours,
  keepRule,
  listChannels,
  listRules,
  type Said,
  type Setting,
} from './alert-settings.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { readJsonInput } from './read-json.ts';
import { hearSaid, tellSaid, tellTold } from './share-alerts.ts';

export const alerts: Command = {
  name: 'alerts',
  summary:
    'Checks the watch list and rules now; keeps rules, channels and quiet hours; acknowledges and labels.',
  usage: `tidemark alerts ACTION --environment E [--data-dir DIR] [--json]

  list                 rules and what fired, newest first
  check                judges every complete bucket that came since the last check, and sends what is due
  ack ID [--label true|expected|false] [--note TEXT]
                       acknowledges the firing of that number; --label says what it was; the team hears it
                       with the next push of notes
  rules                the rules alone
  save-rule FILE|- [--id ID]
                       saves a rule from JSON; --id replaces the one of that id
  remove-rule ID       its firings stay
  channels             whom it tells, and the quiet hours
  save-channel FILE|- [--findings]
                       saves a channel from JSON in the place of the one of its name: { "kind": "device" | "chat" |
                       "webhook" | "mail", "name", ... }; its secrets are set by \`tidemark secrets\`. --findings: what
                       the detectors find goes there too
  remove-channel NAME
  test CHANNEL         sends one test message by the channel of that name
  quiet FROM-TO|off    local times, 22:00-07:00; what happens meanwhile is told when they end
`,
  run,
};

const OPTIONS = {
  environment: { type: 'string' },
  label: { type: 'string' },
  note: { type: 'string' },
  id: { type: 'string' },
  findings: { type: 'boolean' },
} as const;

const ACTIONS =
  'list, check, ack, rules, save-rule, remove-rule, channels, save-channel, remove-channel, test and quiet';

const MEMORY_BUDGET_BYTES = 512 << 20; // as `query`

interface Session {
  io: CommandIo;
  store: EngineStore;
  dataDir: string;
}

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, values, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [action, operand, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`alerts takes no argument "${rest[0] ?? ''}"`);
  const answer = (result: object, text: string): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : `${text}\n`);
    return 0;
  };
  const environment = (): string => {
    if (values.environment === undefined) throw new BadUsage(`alerts ${action ?? ''} needs --environment E`);
    return values.environment;
  };
  const withStore = async <T>(work: (session: Session) => Promise<T> | T): Promise<T> => {
    const store = openStore(dataDir);
    try {
      return await work({ io, store, dataDir });
    } finally {
      store.close();
    }
  };
  const setting = (work: (setting: Setting) => Said): Promise<ExitCode> =>
    withStore(({ store }) => work({ store, environment: environment() })).then(({ result, text }) =>
      answer(result, text),
    );
  switch (action) {
    case 'rules':
      return setting(listRules);
    case 'save-rule': {
      const input = await readJsonInput(needed(operand, 'a file with a rule, or -'), io);
      return setting((place) => keepRule(place, input, values.id ?? null));
    }
    case 'remove-rule': {
      const ruleId = needed(operand, 'the id of a rule');
      return setting((place) => dropRule(place, ruleId));
    }
    case 'channels':
      return setting(listChannels);
    case 'save-channel': {
      const input = await readJsonInput(needed(operand, 'a file with a channel, or -'), io);
      return setting((place) => keepChannel(place, input, values.findings ?? false));
    }
    case 'remove-channel': {
      const name = needed(operand, 'the name of a channel');
      return setting((place) => dropChannel(place, name));
    }
    case 'quiet': {
      const span = needed(operand, 'quiet hours like 22:00-07:00, or off');
      return setting((place) => keepQuietHours(place, span));
    }
    case 'list': {
      const state = await withStore((session) => {
        hearSaid(session, environment());
        return alertsOf(session.store, environment());
      });
      return answer({ ...state }, listText(state));
    }
    case 'check': {
      const result = await withStore(check);
      const text = `Checked ${result.items} items in ${(result.tookMs / 1000).toFixed(1)} s: ${result.opened} new, ${result.notified} told.`;
      answer(result, text);
      return result.faults > 0 ? 1 : 0;
    }
    case 'test': {
      const outcome = await withStore((session) =>
        test(session, environment(), needed(operand, 'the name of a channel')),
      );
      answer(outcome, outcome.message);
      return outcome.delivered ? 0 : 1;
    }
    case 'ack': {
      const firingId = Number(needed(operand, 'the number of a firing'));
      if (!Number.isSafeInteger(firingId) || firingId < 0)
        throw new BadUsage(`"${operand ?? ''}" is no number of a firing`);
      const label = labelFrom(values.label);
      const labelNote = values.note;
      const firing = await withStore((session) => {
        const change = { environment: environment(), firingId, acknowledged: true, label, labelNote };
        hearSaid(session, change.environment);
        const updated = updateFiring(session.store, change);
        tellSaid(session, updated, change);
        return updated;
      });
      return answer({ firing }, `Acknowledged: ${firing.title}.`);
    }
    default:
      throw new BadUsage(`alerts knows ${ACTIONS}${action === undefined ? '' : `, not "${action}"`}`);
  }
}

function needed(operand: string | undefined, what: string): string {
  if (operand === undefined) throw new BadUsage(`alerts needs ${what}`);
  return operand;
}

function labelFrom(text: string | undefined): Label | undefined {
  if (text === undefined) return undefined;
  const label = Label.safeParse(text);
  if (!label.success) throw new BadUsage(`--label "${text}" is not one of ${Label.options.join(', ')}`);
  return label.data;
}

/** In process, as every command: the store judges, a query engine of its own answers. */
async function check({ io, store, dataDir }: Session) {
  const engine = createQueryEngine({ dataDir, memoryBudgetBytes: MEMORY_BUDGET_BYTES });
  const delivery = createDelivery({
    store,
    secrets: openSecrets(dataDir, io.env),
    runtime: nodeRuntime,
    random: Math.random,
    notify: ({ title, body }) => io.stderr.write(`${title}\n${body}\n`),
    onChange: () => undefined,
  });
  try {
    const result = await runAlertCheck({
      judge: ownJudge(store),
      ask: (spec) => engine.run(spec, { signal: io.signal }),
      nowMs: () => performance.now(),
      signal: io.signal,
      onFault: (item, error) =>
        io.stderr.write(`${item}: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    if (result.notified > 0) tellTold({ io, store });
    await delivery.idle();
    return result;
  } finally {
    await delivery.stop();
    engine.close();
  }
}

function test({ io, store, dataDir }: Session, environment: string, name: string) {
  const channel = settingsOf(store, environment).channels.find((each) => each.name === name);
  if (channel === undefined) throw new AppError('not-found', `there is no channel "${name}"`);
  return testChannel(channel, store.workspace.name, {
    secrets: openSecrets(dataDir, io.env),
    nowMs: Date.now,
    notify: ({ title, body }) => io.stderr.write(`${title}\n${body}\n`),
  });
}

function listText({ rules, firings, checkedAt }: AlertsState): string {
  const ruleLines = rules.map(({ ruleId, rule, held }) => {
    const waits = held === null ? '' : ` (held: ${held.sources.join(', ')} late)`;
    return `${ruleId}\t${ruleSentence(rule)}${waits}`;
  });
  const lines = [...ruleLines, ...firings.map(firingLine)];
  const checked = checkedAt === null ? 'Not checked yet.' : `Checked ${checkedAt}.`;
  return [...(lines.length === 0 ? ['No rules, and nothing fired.'] : lines), checked].join('\n');
}

function firingLine({ firingId, status, conditionMetAt, title, label }: AlertFiring): string {
  return [firingId, status, conditionMetAt, title, ...(label === null ? [] : [label])].join('\t');
}
