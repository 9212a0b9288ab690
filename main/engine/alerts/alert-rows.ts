import { AlertRule, type Label, type Side } from '../../../shared/alerts/rule.ts';
import { AlertEvidence, type AlertFiring, type SavedRule } from '../../../shared/rpc/contract/alerts.ts';

export interface RuleRow {
  ruleId: string;
  definition: string;
  createdAtMs: number;
  changedAtMs: number;
  judgedToMs: number | null;
  held: string | null;
}

export interface Held {
  sources: string[];
  fromAt: string;
}

export function savedRuleOf(row: RuleRow): SavedRule {
  return {
    ruleId: row.ruleId,
    rule: AlertRule.parse(JSON.parse(row.definition)),
    held: row.held === null ? null : (JSON.parse(row.held) as Held),
    checkedToAt: instantOf(row.judgedToMs),
    createdAt: instant(row.createdAtMs),
    changedAt: instant(row.changedAtMs),
  };
}

export interface FiringRow {
  firingId: number;
  environment: string;
  itemId: string;
  key: string;
  voice: 'rule' | 'detector';
  family: string;
  title: string;
  side: Side | null;
  groupId: number | null;
  sinceMs: number;
  conditionMetMs: number;
  detectedAtMs: number;
  isTold: number;
  acknowledgedAtMs: number | null;
  resolvedAtMs: number | null;
  reportedAtMs: number | null;
  label: Label | null;
  labelNote: string | null;
  evidence: string;
}

export const FIRING_COLUMNS = `firing_id AS firingId, environment, item_id AS itemId, key, voice, family, title, side,
  group_id AS groupId, since_ms AS sinceMs, condition_met_ms AS conditionMetMs, detected_at_ms AS detectedAtMs,
  is_told AS isTold, acknowledged_at_ms AS acknowledgedAtMs, resolved_at_ms AS resolvedAtMs,
  reported_at_ms AS reportedAtMs, label, label_note AS labelNote, evidence`;

export function firingOf(row: FiringRow): AlertFiring {
  const { firingId, environment, itemId, voice, title, side, label, labelNote } = row;
  return {
    firingId,
    environment,
    itemId,
    key: row.key === '' ? null : row.key,
    voice,
    title,
    side,
    status: row.resolvedAtMs === null ? 'open' : 'resolved',
    groupId: row.groupId ?? firingId,
    sinceAt: instant(row.sinceMs),
    conditionMetAt: instant(row.conditionMetMs),
    detectedAt: instant(row.detectedAtMs),
    notifiedAt: row.isTold === 1 ? instant(row.detectedAtMs) : null,
    acknowledgedAt: instantOf(row.acknowledgedAtMs),
    resolvedAt: instantOf(row.resolvedAtMs),
    reportedAt: instantOf(row.reportedAtMs),
    label,
    labelNote,
    evidence: evidenceOf(row),
  };
}

export const evidenceOf = ({ evidence }: Pick<FiringRow, 'evidence'>): AlertEvidence =>
  AlertEvidence.parse(JSON.parse(evidence));

export const instant = (ms: number): string => new Date(ms).toISOString();
export const instantOf = (ms: number | null): string | null => (ms === null ? null : instant(ms));
