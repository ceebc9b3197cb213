import { PasswordInput } from '@mantine/core'

export const MAX_NAME_CHARS = 40 // as the server takes it
const MIN_PASSWORD_CHARS = 12 // as the server takes it

/** A field for a password that is being chosen. */
export function NewPasswordInput({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <PasswordInput
      label="New password"
      description={`At least ${MIN_PASSWORD_CHARS} characters. A few words that only you would put together are a good one.`}
      autoComplete="new-password"
      minLength={MIN_PASSWORD_CHARS}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** Say whether a new password is long enough to be sent. */
export function isLongEnough(password: string): boolean {
  return password.length >= MIN_PASSWORD_CHARS
}
