import { Button } from '@mantine/core'
import { useNavigate } from 'react-router'
import { Problem } from '../problem'
import type { Job } from '../types'
import { useImport } from './queries'

/** Read an API's document anew, from where it came; a file or a text has to be given anew. */
export function ImportAgain({ id, source }: { id: string; source: Job['source'] }) {
  const navigate = useNavigate()
  const again = useImport()
  const begin = () =>
    again.mutate({ api_id: id }, { onSuccess: (job) => void navigate(`/apis/jobs/${job.id}`) })
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        loading={again.isPending}
        onClick={() => (source.kind === 'url' ? begin() : void navigate(`/apis?again=${id}`))}
      >
        Import again
      </Button>
      {again.isError && <Problem>{again.error.message}</Problem>}
    </>
  )
}
