import type { Question } from '../link/use-question.ts';
import { answersOf, usePassport } from '../state/passport-store.ts';
import './number-button.css';

interface NumberButtonProps {
  /** What the number is. */
  title: string;
  /** As it is printed. */
  value: string;
  /** What it stands for. */
  detail: string;
  questions: readonly Question[];
}

/** A number that opens its passport. */
export function NumberButton({ title, value, detail, questions }: NumberButtonProps) {
  const open = usePassport((state) => state.open);
  return (
    <button
      type="button"
      className="number-button"
      aria-haspopup="dialog"
      onClick={() => {
        open({ title, value, detail, answers: answersOf(questions) });
      }}
    >
      {value}
    </button>
  );
}
