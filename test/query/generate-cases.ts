import fc from 'fast-check';
import { experimentScenes, journeyScenes } from './generate-journeys.ts';
import { type Scene, mixedScenes } from './generate-scenes.ts';
import { type Askable, type SpecDraft, specDrafts } from './generate-specs.ts';
import type { Spec } from '../support/oracle/types.ts';

/** Event sets with questions that mean something to them; every tenth set gets questions of any kind. */

export const scenes: fc.Arbitrary<Scene> = fc.oneof(
  { weight: 2, arbitrary: mixedScenes },
  { weight: 3, arbitrary: journeyScenes },
  { weight: 1, arbitrary: experimentScenes },
);

const OF_MIXED: readonly Spec['kind'][] = ['trend', 'states', 'sessions', 'distribution'];
const OF_JOURNEYS: readonly Spec['kind'][] = [
  'funnel',
  'retention',
  'lifecycle',
  'stickiness',
  'paths',
  'distribution',
];
const OF_EXPERIMENTS: readonly Spec['kind'][] = ['experiment', 'trend'];

export interface Case {
  scene: Scene;
  drafts: SpecDraft[];
}

export function cases(asked: Askable, mostQuestions: number): fc.Arbitrary<Case> {
  const of = (scene: fc.Arbitrary<Scene>, wanted: readonly Spec['kind'][]): fc.Arbitrary<Case>[] => {
    const kinds = asked.kinds.filter((kind) => wanted.includes(kind));
    if (kinds.length === 0) return [];
    const drafts = fc.array(specDrafts({ ...asked, kinds }), {
      minLength: 1,
      maxLength: mostQuestions,
      size: 'max',
    });
    return [fc.record({ scene, drafts: fc.noBias(drafts) })];
  };
  const weighted = [
    ...of(mixedScenes, OF_MIXED).map((arbitrary) => ({ weight: 3, arbitrary })),
    ...of(journeyScenes, OF_JOURNEYS).map((arbitrary) => ({ weight: 6, arbitrary })),
    ...of(experimentScenes, OF_EXPERIMENTS).map((arbitrary) => ({ weight: 2, arbitrary })),
    ...of(scenes, asked.kinds).map((arbitrary) => ({ weight: 1, arbitrary })),
  ];
  return fc.oneof(...weighted);
}
