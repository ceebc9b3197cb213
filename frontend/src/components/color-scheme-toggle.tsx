import { ActionIcon, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { MoonIcon, SunIcon, SystemIcon } from './icons'

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' }
const NAMES: Record<MantineColorScheme, string> = { auto: 'as the system', light: 'light', dark: 'dark' }
const ICONS = { auto: SystemIcon, light: SunIcon, dark: MoonIcon }

/** Goes from the system's colours to light, to dark, and back. */
export function ColorSchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = ICONS[colorScheme]
  const label = `Colours: ${NAMES[colorScheme]}. Switch to ${NAMES[NEXT[colorScheme]]}`
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    >
      <Icon />
    </ActionIcon>
  )
}
