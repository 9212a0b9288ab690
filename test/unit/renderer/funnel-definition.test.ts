import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDefinition,
  type FunnelDefinition,
  formatDefinition,
  parseDefinition,
} from '../../../renderer/state/funnel-definition.ts';
import { STANDARD_FUNNEL_IDS, standardFunnel } from '../../../renderer/state/standard-funnels.ts';
import { ruleChanges } from '../../../renderer/views/funnels/builder/changes.ts';
import {
  addExclusion,
  addStep,
  moveStep,
  removeExclusion,
  removeStep,
  setExclusion,
  setRules,
  setStep,
  setStepEvent,
} from '../../../renderer/views/funnels/builder/edit-definition.ts';
import { definitionInShort, definitionInWords } from '../../../renderer/views/funnels/words.ts';

const defined = (input: Record<string, unknown>): FunnelDefinition => {
  const { definition, why } = checkDefinition(input);
  if (definition === null) throw new Error(why);
  return definition;
};
const practice = standardFunnel('practice-to-reaction').definition;
const abc = defined({ steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }] });

describe('the standard funnels', () => {
  it('are those of the data document', () => {
    const eventsOf = (id: (typeof STANDARD_FUNNEL_IDS)[number]) =>
      standardFunnel(id).definition.steps.map(({ event }) => event);
    expect(eventsOf('practice-to-reaction')).toEqual([
      'practice_opened',
      'session_started',
      'session_completed',
      'reaction_prompt_shown',
      'reaction_captured',
    ]);
    expect(practice).toMatchObject({
      unit: { property: 'practice_session_id' },
      window: { value: 1, unit: 'hour' },
    });
    expect(eventsOf('onboarding')).toEqual(['sign_up', 'chat_interaction', 'feature_usage']);
    expect(eventsOf('value')).toEqual([null, 'prompt_analysed', 'cost_savings_identified']);
    expect(standardFunnel('value').definition.steps[1]?.filters).toEqual([
      { property: 'complexity', op: 'gte', value: 0.7 },
    ]);
  });

  it.each(STANDARD_FUNNEL_IDS)('%s survives an address', (id) => {
    const { definition } = standardFunnel(id);
    expect(parseDefinition(formatDefinition(definition))).toEqual(definition);
  });
});

describe('a definition in an address', () => {
  it.each([
    ['no JSON', 'steps'],
    ['a list', '[]'],
    ['no steps', '{"steps":[]}'],
    ['an unknown part', '{"steps":[{"event":"a"}],"colour":1}'],
    ['an exclusion after the last step', '{"steps":[{"event":"a"}],"exclusions":[{"event":"b","after":3}]}'],
    ['an environment smuggled in', '{"steps":[{"event":"a"}],"environment":"other"}'],
    ['too long a text', `{"steps":[{"event":"a","name":"${'x'.repeat(9_000)}"}]}`],
  ])('is refused: %s', (_, text) => {
    expect(parseDefinition(text)).toBeUndefined();
  });
});

describe('edits of a funnel', () => {
  it('add, move and remove steps, and keep exclusions between the steps they stood between', () => {
    const between = setExclusion(addExclusion(abc, 'x'), 0, { after: 1, before: 2 });
    const fewer = removeStep(between, 0);
    expect(fewer.steps.map(({ event }) => event)).toEqual(['b', 'c']);
    expect(fewer.exclusions).toEqual([{ event: 'x', after: 0, before: 1 }]);
    expect(moveStep(abc, 2, 0).steps.map(({ event }) => event)).toEqual(['c', 'a', 'b']);
    expect(addStep(abc, null).steps.at(-1)).toMatchObject({ event: null });
  });

  it('drop an exclusion that has no two steps left to stand between', () => {
    const two = addExclusion(defined({ steps: [{ event: 'a' }, { event: 'b' }] }), 'x');
    expect(removeStep(two, 1).exclusions).toEqual([]);
  });

  it('put right what another order makes senseless', () => {
    const draft = setRules(
      setStep(setExclusion(addExclusion(abc, 'x'), 0, { after: 1, before: 2 }), 1, { optional: true }),
      { attribution: { step: 2 } },
    );
    const free = setRules(draft, { order: 'unordered' });
    expect(free.steps.some(({ optional }) => optional)).toBe(false);
    expect(free.exclusions).toEqual([{ event: 'x', after: 0, before: 2 }]);
    expect(free.attribution).toBe('first');
  });

  it('never make the first step optional', () => {
    const draft = setStep(abc, 1, { optional: true });
    expect(moveStep(draft, 1, 0).steps.map(({ optional }) => optional)).toEqual([false, false, false]);
  });

  it('take the name and the filters from a step that gets another event', () => {
    expect(setStepEvent(practice, 0, 'sign_up').steps[0]).toEqual({ event: 'sign_up', optional: false });
  });

  it('leave a funnel that a question accepts, whatever comes after what', () => {
    const at = fc.nat(6);
    const edit = fc.oneof(
      fc.string({ minLength: 1, maxLength: 5 }).map((event) => (d: FunnelDefinition) => addStep(d, event)),
      fc.constant((d: FunnelDefinition) => addExclusion(d, 'x')),
      at.map(
        (index) => (d: FunnelDefinition) => (d.steps.length > 1 ? removeStep(d, index % d.steps.length) : d),
      ),
      fc.tuple(at, at).map(
        ([from, to]) =>
          (d: FunnelDefinition) =>
            moveStep(d, from % d.steps.length, to % d.steps.length),
      ),
      at.map((index) => (d: FunnelDefinition) => setStep(d, index % d.steps.length, { optional: true })),
      at.map((index) => (d: FunnelDefinition) => removeExclusion(d, index)),
      fc.tuple(at, at).map(
        ([after, before]) =>
          (d: FunnelDefinition) =>
            setExclusion(d, 0, { after, before }),
      ),
      fc
        .constantFrom('ordered' as const, 'strict' as const, 'unordered' as const)
        .map((order) => (d: FunnelDefinition) => setRules(d, { order })),
      at.map(
        (step) => (d: FunnelDefinition) => setRules(d, { attribution: { step: step % d.steps.length } }),
      ),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 14 }), (edits) => {
        const draft = edits.reduce((definition, change) => change(definition), abc);
        if (draft.steps.length > 20 || draft.exclusions.length > 10) return;
        expect(checkDefinition(draft as unknown as Record<string, unknown>).why).toBeNull();
        expect(parseDefinition(formatDefinition(draft))).toEqual(draft);
      }),
    );
  });
});

describe('a funnel in words', () => {
  it('says unit, order, window, exclusions and what is held', () => {
    const held = setRules(setExclusion(addExclusion(practice, 'signal_post'), 0, { after: 2, before: 3 }), {
      holdConstant: ['practice_id', 'master_id'],
    });
    expect(definitionInShort(held)).toBe('practice sessions, in order, within 1 hour');
    expect(definitionInWords(held)).toBe(
      'A practice session converts when it goes through all five steps in order with the same practice and master within 1 hour of practice opened, with no signal post between session completed and prompt shown. A breakdown takes the value at the first step that has one*.',
    );
  });

  it('says optional and first-time steps, strictness and other attribution', () => {
    const draft = setRules(setStep(setStep(abc, 1, { optional: true }), 0, { first: 'ever' }), {
      order: 'strict',
      attribution: { step: 1 },
    });
    const words = definitionInWords(draft);
    expect(words).toContain(
      'A person converts when it goes through all two steps in order, with nothing else between them,',
    );
    expect(words).toContain('B is optional and never blocks.');
    expect(words).toContain('A counts only as the first event of its type ever.');
    expect(words).toContain('A breakdown takes the values at step 2.');
  });
});

describe('what an edit does', () => {
  it('is told rule by rule, each on the base alone', () => {
    const draft = setRules(addExclusion(practice, 'signal_post'), { order: 'strict' });
    const changes = ruleChanges(practice, draft);
    expect(changes.map(({ rule, inWords }) => [rule, inWords])).toEqual([
      ['exclusions', 'Signal post left out'],
      ['order', 'In strict order'],
    ]);
    expect(changes[0]?.definition).toEqual({ ...practice, exclusions: draft.exclusions });
  });

  it('says when a rule alone makes no funnel of the base', () => {
    const one = defined({ steps: [{ event: 'a' }] });
    const draft = addExclusion(addStep(one, 'b'), 'x');
    expect(ruleChanges(one, draft).find(({ rule }) => rule === 'exclusions')?.definition).toBeNull();
  });
});
