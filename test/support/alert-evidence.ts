import type { AlertEvidence } from '../../shared/rpc/contract/alerts.ts';

export function emptyEvidence(): AlertEvidence {
  return {
    subject: 'capture rate',
    measure: 'capture_rate',
    interval: 'day',
    startMs: 1,
    endMs: 2,
    value: 0.8,
    k: 80,
    n: 100,
    low: 0.7,
    high: 0.9,
    expectedLow: 0.85,
    expectedHigh: 0.95,
    usual: 0.9,
    size: -0.1,
    sizeLow: -0.2,
    sizeHigh: 0,
    filters: [],
    releases: [],
    completeTo: null,
    lateSources: [],
    address: '#/practices',
    explained: null,
  };
}
