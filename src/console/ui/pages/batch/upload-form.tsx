// What is to be predicted and how: the file, a look at it, the options, the button.
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Upload } from './batch-run.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { FileChoice } from './file-choice.tsx';
import { FileHead } from './file-head.tsx';
import { saveFile } from './save-file.ts';
import { templateCsv } from './template.ts';
import { fitsOneRequest, formatOfName } from './upload-format.ts';

interface UploadFormProps {
  readonly model: Schemas['ModelInfoResponse'];
  readonly isBusy: boolean;
  readonly onStart: (upload: Upload) => void;
  readonly onJob: (upload: Upload) => void;
}

export function UploadForm({ model, isBusy, onStart, onJob }: UploadFormProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS);
  const [file, setFile] = useState<File | null>(null);
  const [explain, setExplain] = useState(false);
  const [isLogged, setIsLogged] = useState(true);
  const format = file === null ? undefined : formatOfName(file.name);
  const isJob = file !== null && format !== undefined && !fitsOneRequest(format, file.size);
  const error = file === null ? null : faultOf(file, format, texts.file);
  return (
    <form
      className="card batch-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (file === null || format === undefined) return;
        (isJob ? onJob : onStart)({ file, format, explain, isLogged });
      }}
    >
      <FileChoice file={file} error={error} onChoose={setFile} />
      {file !== null && format === 'csv' && error === null && (
        <FileHead file={file} model={model} />
      )}
      {isJob && <p role="status">{texts.asJob}</p>}
      {model.importance !== null && (
        <Option label={texts.explain} isOn={explain} onChange={setExplain} />
      )}
      {!isJob && <Option label={texts.log} isOn={isLogged} onChange={setIsLogged} />}
      <div className="toolbar">
        <button
          type="submit"
          className="primary"
          disabled={file === null || error !== null || isBusy}
        >
          {isJob ? texts.startJob : texts.start}
        </button>
        <button
          type="button"
          onClick={() => {
            const content = new Blob([templateCsv(model.features)], { type: 'text/csv' });
            saveFile(`${model.name}.csv`, content);
          }}
        >
          {texts.file.template}
        </button>
      </div>
    </form>
  );
}

const faultOf = (
  file: File,
  format: string | undefined,
  texts: { readonly unknownFormat: string; readonly empty: string },
): string | null => {
  if (format === undefined) return texts.unknownFormat;
  return file.size === 0 ? texts.empty : null;
};

interface OptionProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

const Option = ({ label, isOn, onChange }: OptionProps): ReactElement => (
  <label className="option">
    <input
      type="checkbox"
      checked={isOn}
      onChange={({ target }) => {
        onChange(target.checked);
      }}
    />
    <span>{label}</span>
  </label>
);
