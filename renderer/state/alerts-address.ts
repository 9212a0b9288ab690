import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';

export const ALERT_LISTS = ['firings', 'rules', 'muted', 'channels'] as const;
export type AlertList = (typeof ALERT_LISTS)[number];

/** What the Alerts view shows. */
export interface AlertsState {
  list: AlertList;
  /** The chosen firing; null: the newest that is open, else the newest. */
  firing: number | null;
  /** The rule that is edited, `new` for one to be made; null: the list. */
  rule: string | null;
}

export const DEFAULT_ALERTS: AlertsState = { list: 'firings', firing: null, rule: null };

const RULE = /^[a-z0-9-]{1,64}$/;
const MOST_FIRINGS = 999_999;

export function formatAlerts(query: URLSearchParams, { list, firing, rule }: AlertsState): void {
  if (list !== DEFAULT_ALERTS.list) query.set('list', list);
  if (firing !== null) query.set('firing', String(firing));
  if (rule !== null) query.set('rule', rule);
}

export function readAlerts(read: AddressReader): AlertsState {
  return {
    list: read.one('list', oneOf(ALERT_LISTS)) ?? DEFAULT_ALERTS.list,
    firing: read.one('firing', wholeNumber(0, MOST_FIRINGS)) ?? null,
    rule: read.one('rule', (text) => (RULE.test(text) ? text : undefined)) ?? null,
  };
}
