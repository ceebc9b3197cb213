import { Button } from '@mantine/core'
import { humanize } from '../../../conversation/format'
import { list } from '../format'
import { Problem } from '../problem'
import { useAgents, useSwitchOff } from './queries'

/** After an import: offers to switch off the agents that came with the server, the demo's among them. */
export function DemoAside() {
  const agents = useAgents()
  const switchOff = useSwitchOff()
  const others = (agents.data?.items ?? []).filter(
    (agent) => agent.source === 'file' && !agent.fallback && !agent.off,
  )
  if (others.length === 0) return null
  return (
    <div>
      <p>
        {list(others.map((agent) => humanize(agent.name)))} from agents.yaml, the demo’s unless you changed
        it, still answer beside what you imported.
      </p>
      {switchOff.isError && <Problem>{switchOff.error.message}</Problem>}
      <Button
        size="compact-sm"
        variant="default"
        loading={switchOff.isPending}
        onClick={() => switchOff.mutate(others.map((agent) => agent.name))}
      >
        Switch the demo off
      </Button>
    </div>
  )
}
