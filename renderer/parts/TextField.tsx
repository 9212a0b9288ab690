import { type HTMLAttributes, useEffect, useId, useState } from 'react';
import './fields.css';

interface TextFieldProps {
  label: string;
  value: string;
  /** Told when the field is left or Enter is pressed, and only what is valid. */
  onSet: (value: string) => void;
  isValid?: (text: string) => boolean;
  placeholder?: string;
  suggestions?: readonly string[];
  /** Empties itself once it was set, to take the next one. */
  isAdding?: boolean;
  inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
  width?: 'number' | 'name' | 'full';
}

const anyText = (): boolean => true;

/** A text that counts when it is finished, not with every letter; Esc takes it back. */
export function TextField(props: TextFieldProps) {
  const { label, value, onSet, isValid = anyText, placeholder, suggestions, isAdding = false } = props;
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => {
    setText(value);
  }, [value]);
  const isFine = isValid(text.trim());
  const finish = () => {
    const finished = text.trim();
    if (isFine && finished !== value && !(isAdding && finished === '')) onSet(finished);
    if (isAdding && isFine) setText('');
    if (!isFine) setText(value);
  };
  return (
    <>
      <input
        className="field"
        data-width={props.width ?? 'name'}
        aria-label={label}
        aria-invalid={!isFine}
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        inputMode={props.inputMode}
        list={suggestions === undefined ? undefined : id}
        onChange={({ target }) => {
          setText(target.value);
        }}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            finish();
          }
          if (event.key === 'Escape' && text !== value) {
            event.stopPropagation();
            setText(value);
          }
        }}
      />
      {suggestions !== undefined && (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </>
  );
}
