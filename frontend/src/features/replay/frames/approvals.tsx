// Frame specs of an approval: who was asked, what they looked at, what they decided, and how the action went on.
import { JsonBlock } from '../../../components/json-block'
import { humanize } from '../../../conversation/format'
import { duration, firstLine, formatValues, moment } from '../format'
import { ApprovalDetails } from './frame-details'
import type { FrameSpecs } from './spec'
import { TitledJson } from './titled-json'

type Approvals = Pick<
  FrameSpecs,
  'interrupt' | 'interrupt_resolved' | 'interrupt_expired' | 'evidence_shown' | 'action_changed'
>

export const APPROVALS: Approvals = {
  interrupt: {
    defaults: {
      title: '',
      target: '',
      args: {},
      args_schema: null,
      request: null,
      audience: 'customer',
      edited_from: null,
      edited_by: null,
      given: [],
      access: '',
      unsaid: [],
    },
    line: ({ title, action, args, audience }) => ({
      icon: 'approval',
      title: `${audience === 'operator' ? 'Staff were' : 'Customer was'} asked: ${title || humanize(action)}`,
      text: formatValues(args),
      facts: [],
      tone: 'consent',
    }),
    properties: (frame) => [
      ['Asked', frame.audience === 'operator' ? 'staff' : 'the customer'],
      ['Had consented', frame.given.join(', ')],
      ['Target', frame.target],
      ['Kind', humanize(frame.access)],
      ['Expires', moment(frame.expires_at)],
      ['Approval', frame.interrupt_id],
    ],
    details: (frame) => <ApprovalDetails frame={frame} />,
    mark: () => 'approval',
  },
  interrupt_resolved: {
    defaults: { comment: null, next: null },
    line: ({ decision, by, comment }, waited) => ({
      icon: decision === 'rejected' ? 'bad' : 'approval',
      title: `${humanize(decision)} by ${by === 'operator' ? 'staff' : 'the customer'}`,
      text: comment ?? '',
      facts: waited === null ? [] : [`after ${duration(waited)}`],
    }),
    text: ({ comment }) => comment ?? '',
    properties: ({ by, next, interrupt_id }) => [
      ['By', by === 'operator' ? 'staff' : 'the customer'],
      ['Asked next', next],
      ['Approval', interrupt_id],
    ],
  },
  interrupt_expired: {
    defaults: { message: '' },
    line: ({ message }, waited) => ({
      icon: 'bad',
      title: 'Approval expired',
      text: message,
      facts: waited === null ? [] : [`after ${duration(waited)}`],
    }),
    text: ({ message }) => message,
  },
  evidence_shown: {
    defaults: { title: '', args: {}, summary: '', data: null },
    line: ({ tool, title, by, ok, summary }) => ({
      icon: 'approval',
      title: `${by} looked at: ${title || humanize(tool)}`,
      text: firstLine(summary),
      facts: ok ? [] : ['no answer'],
    }),
    text: ({ summary }) => summary,
    properties: ({ tool, by, interrupt_id }) => [
      ['Tool', tool],
      ['Seen by', by],
      ['Approval', interrupt_id],
    ],
    details: ({ args, data }, seq) => (
      <>
        <TitledJson seq={seq} title="Asked for" value={args} />
        {data != null && <TitledJson seq={seq} title="What the target said" value={data} />}
      </>
    ),
  },
  action_changed: {
    defaults: { args: {}, by: '', name: '', note: '' },
    line: ({ tool, status, by, name, note }) => ({
      icon: 'approval',
      title: `${humanize(tool)}: ${humanize(status).toLowerCase()}`,
      text: note,
      facts: [name || by].filter(Boolean),
    }),
    text: ({ note }) => note,
    properties: ({ action_id, name, by }) => [
      ['Action', action_id],
      ['By', name || by],
    ],
    details: ({ args }, seq) => <JsonBlock label={`Values, step ${seq}`} value={args} />,
  },
}
