import type { EngineStore } from '../store/engine-store.ts';

/** A workspace that stands still has a time of its own. */
export const nowOf = ({ workspace, now }: EngineStore): number => workspace.asOfMs ?? now();
