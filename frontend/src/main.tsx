import './app/styles'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from './app/provider'
import { Router } from './app/router'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <Provider>
      <Router />
    </Provider>
  </StrictMode>,
)
