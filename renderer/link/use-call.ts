import { useCallback, useEffect, useRef, useState } from 'react';
import { toErrorShape } from '../../shared/errors.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../shared/rpc/methods.ts';
import { useServices } from '../app/services.ts';
import type { CallMethod, Failure } from './backend.ts';

export interface Called<M extends MethodName> {
  /** The last good answer, also while it is asked anew. */
  value: ResultOf<M> | null;
  failure: Failure | null;
  isAsking: boolean;
  again: () => void;
}

/** Asks a method that reads, anew whenever its parameters or `version` change; null parameters: not now. */
export function useCall<M extends CallMethod>(
  method: M,
  params: ParamsOf<M> | null,
  version: unknown = null,
): Called<M> {
  const { backend } = useServices();
  const [state, setState] = useState<{ key: string; value: ResultOf<M> | null; failure: Failure | null }>({
    key: '',
    value: null,
    failure: null,
  });
  const [turn, setTurn] = useState(0);
  const [isAsking, setAsking] = useState(params !== null);
  const key = JSON.stringify(params);
  const asked = useRef(params);
  asked.current = params;
  useEffect(() => {
    const { current } = asked;
    if (current === null) {
      setAsking(false);
      return undefined;
    }
    const controller = new AbortController();
    setAsking(true);
    backend.call(method, current, { signal: controller.signal }).then(
      (value) => {
        if (controller.signal.aborted) return;
        setState({ key, value, failure: null });
        setAsking(false);
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        setState((known) => ({
          key,
          value: known.key === key ? known.value : null,
          failure: toErrorShape(error),
        }));
        setAsking(false);
      },
    );
    return () => {
      controller.abort();
    };
  }, [backend, method, key, version, turn]);
  const again = useCallback(() => {
    setTurn((known) => known + 1);
  }, []);
  return { value: state.value, failure: state.failure, isAsking, again };
}
