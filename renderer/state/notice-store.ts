import { create } from 'zustand';

const NOTICE_LIFE_MS = 6_000; // long enough to read two lines and reach the button

export interface Notice {
  text: string;
  isProblem: boolean;
}

interface NoticeState {
  notice: Notice | null;
  say: (text: string) => void;
  warn: (text: string) => void;
  dismiss: () => void;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** One line about what was just done, read out and gone by itself. */
export const useNotice = create<NoticeState>()((set) => {
  const show = (notice: Notice) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      set({ notice: null });
    }, NOTICE_LIFE_MS);
    set({ notice });
  };
  return {
    notice: null,
    say: (text) => {
      show({ text, isProblem: false });
    },
    warn: (text) => {
      show({ text, isProblem: true });
    },
    dismiss: () => {
      clearTimeout(timer);
      set({ notice: null });
    },
  };
});
