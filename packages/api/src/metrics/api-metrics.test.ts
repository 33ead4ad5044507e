import { expect, test } from 'vitest'
import { formatMetrics } from './api-metrics.ts'

test('writes the text format, labels escaped', () => {
  const text = formatMetrics([
    {
      name: 'a_total',
      type: 'counter',
      help: 'One \\ two',
      samples: [{ value: 3, labels: { code: 'say "x"\n\\' } }],
    },
    { name: 'b', type: 'gauge', help: 'B', samples: [{ value: 0.5 }] },
    {
      name: 'c',
      type: 'histogram',
      help: 'C',
      samples: [{ suffix: '_bucket', labels: { le: '+Inf' }, value: 1 }],
    },
  ])
  expect(text).toBe(
    '# HELP a_total One \\\\ two\n# TYPE a_total counter\na_total{code="say \\"x\\"\\n\\\\"} 3\n' +
      '# HELP b B\n# TYPE b gauge\nb 0.5\n' +
      '# HELP c C\n# TYPE c histogram\nc_bucket{le="+Inf"} 1\n',
  )
})
