import { AlertIcon, CheckIcon, ClockIcon, CrossIcon, PersonIcon, ShieldIcon } from '../../../components/icons'
import type { StepIconName } from './spec'
import { FlagIcon, ModelIcon, RouteIcon, SpeechIcon, StarIcon, ToolIcon } from '../icons'

const ICONS: Record<StepIconName, typeof CheckIcon> = {
  customer: PersonIcon,
  agent: SpeechIcon,
  route: RouteIcon,
  model: ModelIcon,
  tool: ToolIcon,
  approval: ShieldIcon,
  good: CheckIcon,
  bad: AlertIcon,
  person: FlagIcon,
  rating: StarIcon,
  turn: ClockIcon,
  erased: CrossIcon,
}

/** The sign of a kind of step. */
export function StepIcon({ sign }: { sign: StepIconName }) {
  const Icon = ICONS[sign]
  return <Icon size={16} />
}
