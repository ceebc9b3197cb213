import { Button, FileButton, Textarea } from '@mantine/core'
import { useState, type DragEvent, type SyntheticEvent } from 'react'
import { UploadIcon } from '../icons'
import classes from './import-form.module.css'
import { ImportOptions, type Options } from './import-options'
import { useImport, type ImportForm as Form } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import { problemWith, describeSource, sourceOf } from './document-source'
import type { Job } from '../types'

const TYPES = '.json,.yaml,.yml,.zip,application/json,application/yaml,application/zip'

interface Props {
  onStarted: (job: Job) => void
  /** The API to import again, instead of a new one. */
  apiId?: string
}

/** One place for an address, a document or a file; says what will happen with it before anything does. */
export function ImportForm({ onStarted, apiId }: Props) {
  const begin = useImport()
  const [pasted, setPasted] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [options, setOptions] = useState<Options>({ name: '', base_url: '' })
  const [problem, setProblem] = useState<string>()
  const document = file ?? sourceOf(pasted)

  function choose(chosen: File | null | undefined) {
    if (!chosen) return
    setFile(chosen)
    setProblem(problemWith(chosen))
  }

  const dropZone = useDropZone(choose)

  function submit(event: SyntheticEvent) {
    event.preventDefault()
    if (begin.isPending) return
    const wrong = problemWith(document)
    setProblem(wrong)
    if (wrong) return
    begin.mutate(formOf(document, options, apiId), { onSuccess: onStarted })
  }

  return (
    <form aria-label="Import an API" className={classes.drop} onSubmit={submit} {...dropZone}>
      {file ? (
        <div className={classes.file}>
          <strong>{file.name}</strong>
          <Button variant="subtle" size="compact-sm" onClick={() => setFile(null)}>
            Take it away
          </Button>
        </div>
      ) : (
        <DocumentField value={pasted} onChange={setPasted} onSubmit={submit} />
      )}
      <FilePicker chosen={file !== null} onChoose={choose} />
      {!apiId && <ImportOptions value={options} onChange={setOptions} />}
      <p className={classes.next}>
        {describeSource(document)} Then you see every operation with what it may do. Nothing goes live before
        you approve it.
      </p>
      {problem ? <Problem>{problem}</Problem> : begin.isError && <Problem>{begin.error.message}</Problem>}
      <div className={page.buttons}>
        <Button type="submit" loading={begin.isPending}>
          Import
        </Button>
      </div>
    </form>
  )
}

/** What an element needs to take a file that is dropped on it. */
function useDropZone(onFile: (file: File | undefined) => void) {
  const [over, setOver] = useState(false)
  return {
    'data-over': over || undefined,
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      onFile(event.dataTransfer.files[0])
    },
  }
}

interface DocumentFieldProps {
  value: string
  onChange: (value: string) => void
  onSubmit: (event: SyntheticEvent) => void
}

function DocumentField({ value, onChange, onSubmit }: DocumentFieldProps) {
  return (
    <Textarea
      className={classes.text}
      label="Address of an OpenAPI document, or the document itself"
      placeholder="https://api.example.com/openapi.json"
      rows={3}
      value={value}
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        // An address is one line: Enter sends it, as in a browser's address bar.
        if (event.key === 'Enter' && sourceOf(value).kind === 'url') onSubmit(event)
      }}
    />
  )
}

function FilePicker({ chosen, onChoose }: { chosen: boolean; onChoose: (file: File | null) => void }) {
  return (
    <div className={classes.or}>
      {!chosen && 'or drop a file here, or'}
      <FileButton accept={TYPES} onChange={onChoose} inputProps={{ 'aria-label': 'A file to import' }}>
        {(props) => (
          <Button {...props} variant="default" size="xs" leftSection={<UploadIcon size={15} />}>
            {chosen ? 'Choose another file' : 'Choose a file'}
          </Button>
        )}
      </FileButton>
      {!chosen && <span>JSON, YAML, or a zip of several</span>}
    </div>
  )
}

function formOf(
  document: File | ReturnType<typeof sourceOf>,
  options: Options,
  apiId: string | undefined,
): Form {
  const source =
    document instanceof File
      ? { file: document }
      : document.kind === 'url'
        ? { url: document.url }
        : { text: document.kind === 'text' ? document.text : '' }
  const { name, base_url } = options
  return {
    source,
    ...(name.trim() && { name: name.trim() }),
    ...(base_url.trim() && { base_url: base_url.trim() }),
    ...(apiId && { api_id: apiId }),
  }
}
