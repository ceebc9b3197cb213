import { TextInput } from '@mantine/core'
import page from '../page.module.css'

export interface Options {
  name: string
  base_url: string
}

/** What most people leave to the document. */
export function ImportOptions({ value, onChange }: { value: Options; onChange: (value: Options) => void }) {
  return (
    <details className={page.more}>
      <summary>Short name and base address, where the document does not say them</summary>
      <div className={page.pair}>
        <TextInput
          label="Short name"
          description="Small letters, digits and _; names the source of the tools."
          placeholder="shop"
          autoCapitalize="none"
          value={value.name}
          onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
        />
        <TextInput
          label="Base address"
          description="Where the API is called."
          placeholder="https://api.example.com/v1"
          type="url"
          value={value.base_url}
          onChange={(event) => onChange({ ...value, base_url: event.currentTarget.value })}
        />
      </div>
    </details>
  )
}
