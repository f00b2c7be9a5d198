// The file that is to be predicted: chosen by a dialog, or dropped.
import { useId, useRef, useState, type ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { ACCEPTED_FILES } from './upload-format.ts';

interface FileChoiceProps {
  readonly file: File | null;
  /** What is wrong with it. */
  readonly error: string | null;
  readonly onChoose: (file: File) => void;
}

export function FileChoice({ file, error, onChoose }: FileChoiceProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS).file;
  const { bytes } = useFormats();
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (files: FileList | null): void => {
    const chosen = files?.[0];
    if (chosen !== undefined) onChoose(chosen);
  };
  return (
    <div
      className={isOver ? 'drop-zone over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => {
        setIsOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        // The control says which file it is, however it came.
        if (input.current !== null) input.current.files = event.dataTransfer.files;
        take(event.dataTransfer.files);
      }}
    >
      <div className="field">
        <label htmlFor={id}>{texts.label}</label>
        <span className="help" id={`${id}-hint`}>
          {texts.hint}
        </span>
        <input
          ref={input}
          id={id}
          type="file"
          accept={ACCEPTED_FILES}
          aria-describedby={`${id}-hint ${id}-error`}
          aria-invalid={error !== null}
          onClick={({ currentTarget }) => {
            // The same file, changed since, may be chosen again.
            currentTarget.value = '';
          }}
          onChange={({ target }) => {
            take(target.files);
          }}
        />
        <span className="error" id={`${id}-error`} role="alert">
          {error}
        </span>
      </div>
      {file !== null && (
        <p role="status" className="chosen">
          <strong>{file.name}</strong> <span className="muted">{bytes(file.size)}</span>
        </p>
      )}
    </div>
  );
}
