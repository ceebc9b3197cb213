import './app/styles'
import { queries } from './app/queries' // before the router, which begins to load its page
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from './app/provider'
import { Router } from './app/router'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <Provider queries={queries}>
      <Router />
    </Provider>
  </StrictMode>,
)
