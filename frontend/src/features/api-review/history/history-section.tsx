import { Button } from '@mantine/core'
import { useState } from 'react'
import classes from './history.module.css'
import { HistoryList } from './history-list'
import page from '../page.module.css'
import type { Job } from '../types'

/** What people did to an import and its API. */
export function HistorySection({ job }: { job: Job }) {
  const [only, setOnly] = useState(false)
  return (
    <section className={page.section} aria-labelledby="history">
      <div className={classes.head}>
        <h2 id="history" className={page.heading}>
          History
        </h2>
        <Button
          size="compact-sm"
          variant={only ? 'filled' : 'default'}
          aria-pressed={only}
          onClick={() => setOnly(!only)}
        >
          Only this import
        </Button>
      </div>
      <HistoryList scope={only ? { import_id: job.id } : { api_id: job.api.id }} here={job.id} />
    </section>
  )
}
