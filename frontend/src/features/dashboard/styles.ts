// Parts of Mantine that only this page uses; they come with it, not with the first page.
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/ColorSwatch.css'
