import type { z } from 'zod';
import { AlertRule } from '../../shared/alerts/rule.ts';
import { ruleSentence } from '../../shared/alerts/sentence.ts';
import { AppError } from '../../shared/errors.ts';
import { AlertChannel, type AlertSettings } from '../../shared/rpc/contract/alerts.ts';
import { removeRule, rulesOf, saveRule, saveSettings, settingsOf } from '../engine/alerts/alert-store.ts';
import { removeChannel, saveChannel } from '../engine/alerts/channel-store.ts';
import type { EngineStore } from '../engine/store/engine-store.ts';
import { BadUsage } from './command.ts';

/** What `tidemark alerts` saves, lists and removes: rules, channels and quiet hours. */

export interface Said {
  result: object;
  text: string;
}

export interface Setting {
  store: EngineStore;
  environment: string;
}

export function listRules({ store, environment }: Setting): Said {
  const rules = rulesOf(store, environment);
  const lines = rules.map(({ ruleId, rule }) => `${ruleId}\t${ruleSentence(rule)}`);
  return { result: { rules }, text: lines.join('\n') || 'No rules are saved.' };
}

/** `id` replaces the rule of that id; without it a new one is named after its name. */
export function keepRule({ store, environment }: Setting, input: unknown, id: string | null): Said {
  const rule = checked(AlertRule, input, 'rule');
  if (id !== null && !rulesOf(store, environment).some(({ ruleId }) => ruleId === id))
    throw new AppError('not-found', `there is no rule "${id}" in environment "${environment}"`);
  const known = new Set(settingsOf(store, environment).channels.map(({ name }) => name));
  const unknown = rule.channels.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new AppError('bad-input', `rule.channels: there is no channel "${unknown}"`, {
      path: 'rule.channels',
    });
  const saved = saveRule(store, { environment, ruleId: id, rule });
  return { result: { rule: saved }, text: `Saved "${saved.rule.name}" as ${saved.ruleId}.` };
}

export function dropRule({ store, environment }: Setting, ruleId: string): Said {
  const removed = removeRule(store, environment, ruleId);
  return { result: { rule: removed }, text: `Removed "${removed.rule.name}"; its firings stay.` };
}

export function listChannels({ store, environment }: Setting): Said {
  const { channels, detectorChannels, quietHours } = settingsOf(store, environment);
  const lines = channels.map(({ name, kind }) =>
    [name, kind, ...(detectorChannels.includes(name) ? ['findings'] : [])].join('\t'),
  );
  const quiet = quietHours === null ? [] : [`Quiet from ${quietHours.from} to ${quietHours.to}.`];
  return {
    result: { channels, detectorChannels, quietHours },
    text: [...lines, ...quiet].join('\n') || 'No channels: nobody is told.',
  };
}

export function keepChannel({ store, environment }: Setting, input: unknown, tellsFindings: boolean): Said {
  const channel = checked(AlertChannel, input, 'channel');
  const settings = saveChannel(store, environment, { channel, tellsFindings });
  return { result: { channels: settings.channels }, text: `Saved channel "${channel.name}".` };
}

export function dropChannel({ store, environment }: Setting, name: string): Said {
  const { channels } = removeChannel(store, environment, name);
  return { result: { channels }, text: `Removed channel "${name}".` };
}

/** `22:00-07:00`, or `off`. */
export function keepQuietHours({ store, environment }: Setting, text: string): Said {
  const quietHours = quietHoursFrom(text);
  saveSettings(store, environment, { ...settingsOf(store, environment), quietHours });
  const said = quietHours === null ? 'No quiet hours.' : `Quiet from ${quietHours.from} to ${quietHours.to}.`;
  return { result: { quietHours }, text: said };
}

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';
const QUIET = new RegExp(`^(?<from>${CLOCK})-(?<to>${CLOCK})$`);

function quietHoursFrom(text: string): AlertSettings['quietHours'] {
  if (text === 'off') return null;
  const { from, to } = QUIET.exec(text)?.groups ?? {};
  if (from === undefined || to === undefined)
    throw new BadUsage(`"${text}" is no span of hours like 22:00-07:00, nor off`);
  return { from, to };
}

function checked<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const { data, error } = schema.safeParse(input);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const path = [what, ...(issue?.path ?? [])].join('.');
  throw new AppError('bad-input', `${path}: ${issue?.message ?? 'invalid'}`, { path });
}
