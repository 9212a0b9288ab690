import { afterEach, beforeEach, expect, it } from 'vitest';
import { alertsOf, updateFiring } from '../../main/engine/alerts/alert-store.ts';
import { insertFiring } from '../../main/engine/alerts/firing-store.ts';
import { shareSaid, sharedThreads, shareTold, takeShared } from '../../main/engine/alerts/share-firings.ts';
import { openNotes } from '../../main/engine/annotations/notes-store.ts';
import { admit } from '../../main/engine/annotations/admit.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { operationText } from '../../shared/annotations/operation.ts';
import { emptyEvidence } from '../support/alert-evidence.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const ENVIRONMENT = 'test';
const SINCE_MS = Date.UTC(2026, 10, 17);
const HOUR_MS = 3_600_000;

let [here, there]: [TestWorkspace?, TestWorkspace?] = [];
beforeEach(() => ([here, there] = [testWorkspace('memory'), testWorkspace('memory')]));
afterEach(() => {
  here?.remove();
  there?.remove();
});

const fire = (store: EngineStore, sinceMs: number): number =>
  insertFiring(store, {
    environment: ENVIRONMENT,
    itemId: 'capture-rate',
    key: null,
    voice: 'detector',
    family: 'capture_rate',
    title: 'Capture rate fell',
    side: 'below',
    sinceMs,
    conditionMetMs: sinceMs + 6 * HOUR_MS,
    evidence: emptyEvidence(),
  }) ?? 0;

/** All that one device wrote comes to the other, twice and in the other order. */
function carry(from: ReturnType<typeof openNotes>, to: ReturnType<typeof openNotes>): void {
  const texts = [...from.log.all(ENVIRONMENT)].map(({ operation }) => operationText(operation));
  const arrivals = [...texts.toReversed(), ...texts].map((text, index) => {
    const content = Buffer.from(text);
    return { key: `${index}`, version: '1', content, sizeBytes: content.length };
  });
  admit(to, { environment: ENVIRONMENT, origin: 'import', remoteId: null } as never, arrivals as never);
}

it('brings labels and the history of one device to another, and is no note there', async () => {
  await here!.withStore(async (own) => {
    await there!.withStore((other) => {
      const [ownNotes, otherNotes] = [openNotes(own.dataDir), openNotes(other.dataDir)];
      try {
        const firingId = fire(own, SINCE_MS);
        fire(own, SINCE_MS - 20 * 24 * HOUR_MS); // only this device was there
        own.db.prepare('UPDATE alert_firings SET is_told = 1').run();
        fire(other, SINCE_MS + 2 * HOUR_MS); // the same incident, seen to begin later
        shareTold(own, ownNotes, ENVIRONMENT);
        shareTold(own, ownNotes, ENVIRONMENT);
        expect(sharedThreads(ownNotes, ENVIRONMENT)).toHaveLength(2);
        const change = {
          environment: ENVIRONMENT,
          firingId,
          label: 'true',
          labelNote: 'prompt lost',
        } as const;
        shareSaid(ownNotes, updateFiring(own, change), change);
        const acknowledged = { environment: ENVIRONMENT, firingId, acknowledged: true };
        shareSaid(ownNotes, updateFiring(own, acknowledged), acknowledged);

        carry(ownNotes, otherNotes);
        const threads = sharedThreads(otherNotes, ENVIRONMENT);
        expect(takeShared(other, otherNotes, { environment: ENVIRONMENT, threads })).toBe(true);
        expect(takeShared(other, otherNotes, { environment: ENVIRONMENT, threads })).toBe(false);
        const { firings } = alertsOf(other, ENVIRONMENT);
        expect(firings).toHaveLength(2);
        expect(firings[0]).toMatchObject({
          label: 'true',
          labelNote: 'prompt lost',
          acknowledgedAt: expect.any(String) as string,
          sinceAt: new Date(SINCE_MS + 2 * HOUR_MS).toISOString(),
        });
        expect(firings[1]).toMatchObject({ status: 'resolved', notifiedAt: null, label: null });
        const notes = otherNotes.folded(ENVIRONMENT).all();
        expect(notes.every(({ isHidden }) => isHidden)).toBe(true);
      } finally {
        ownNotes.close();
        otherNotes.close();
      }
    });
  });
});
