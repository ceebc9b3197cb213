// Mantine's styles that only the account menu needs.
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
