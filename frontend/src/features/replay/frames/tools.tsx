// Frame specs of a tool's call: what was asked for, what was sent, and what came of it.
import { JsonBlock } from '../../../components/json-block'
import { humanize } from '../../../conversation/format'
import { counted, firstLine, formatValues } from '../format'
import type { FrameOf } from '../types'
import { FailedAttempts } from './frame-details'
import type { FrameSpecs } from './spec'
import { TitledJson } from './titled-json'

type Tools = Pick<FrameSpecs, 'tool_call' | 'tool_ran' | 'tool_result'>

const RESULTS: Record<FrameOf<'tool_result'>['outcome'], string> = {
  succeeded: 'Done',
  failed: 'Failed',
  rejected: 'Not done: rejected',
  expired: 'Not done: expired',
  unknown: 'Outcome not known',
}

export const TOOLS: Tools = {
  tool_call: {
    defaults: { title: '', args: {} },
    line: ({ tool, title, args }) => ({
      icon: 'tool',
      title: title || humanize(tool),
      text: formatValues(args),
      facts: [tool],
    }),
    properties: ({ tool, call_id }) => [
      ['Tool', tool],
      ['Call', call_id],
    ],
    details: ({ args }, seq) => <JsonBlock label={`Arguments, step ${seq}`} value={args} />,
  },
  tool_ran: {
    defaults: {
      request: null,
      http_status: null,
      response: null,
      full_response: null,
      error: null,
      retries: 0,
      failed_attempts: [],
    },
    line: (frame) => ({
      icon: 'tool',
      title: requestLine(frame.request) || `${humanize(frame.tool)} ran`,
      text: frame.error ?? '',
      facts: [
        ...(frame.http_status === null ? [] : [`HTTP ${frame.http_status}`]),
        ...(frame.retries > 0 ? [counted(frame.retries, 'retry', 'retries')] : []),
      ],
      ...(frame.error !== null && { tone: 'bad' as const }),
    }),
    text: ({ error }) => error ?? '',
    properties: (frame) => [
      ['Tool', frame.tool],
      ['Status', frame.http_status === null ? null : String(frame.http_status)],
      ['Retries', String(frame.retries)],
      ['Call', frame.call_id],
    ],
    details: (frame, seq) => <Exchange frame={frame} seq={seq} />,
  },
  tool_result: {
    defaults: { outcome: 'succeeded', summary: '' },
    line: ({ outcome, ok, summary }) => {
      const good = ok && outcome === 'succeeded' ? 'good' : 'bad'
      return { icon: good, title: RESULTS[outcome], text: firstLine(summary), facts: [], tone: good }
    },
    text: ({ summary }) => summary,
    properties: ({ tool, call_id }) => [
      ['Tool', tool],
      ['Call', call_id],
    ],
    mark: ({ outcome }) => (outcome === 'failed' || outcome === 'unknown' ? 'error' : null),
  },
}

function Exchange({ frame, seq }: { frame: FrameOf<'tool_ran'>; seq: number }) {
  return (
    <>
      <FailedAttempts frame={frame} />
      {frame.request && <TitledJson seq={seq} title="Sent" value={frame.request} />}
      {frame.response != null && <TitledJson seq={seq} title="Answered" value={frame.response} />}
      {frame.full_response != null && (
        <TitledJson
          seq={seq}
          title="The whole answer, of which the model read a part"
          value={frame.full_response}
        />
      )}
    </>
  )
}

/** The first line of a request, without the host; empty where nothing was sent. */
function requestLine(sent: Record<string, unknown> | null): string {
  const { method, url } = sent ?? {}
  if (typeof method !== 'string' || typeof url !== 'string') return ''
  return `${method} ${url.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'}`
}
