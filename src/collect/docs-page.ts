/** A page that lists all of the API, for people: one file, with nothing to load. */
import { jsonSchemaOf } from '../base/schema.js'
import { escapeHtml as escaped } from '../catalogue/creative/escape.js'
import type { Endpoint } from './endpoint.js'

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;
color:#1b1b1f;background:#fff}h2{margin-top:2.5rem;text-transform:capitalize}
details{border-top:1px solid #ddd;padding:.4rem 0}summary{cursor:pointer}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f5f5f7;padding:.75rem;overflow:auto}
b{display:inline-block;min-width:4.5rem}td{padding:.1rem .8rem .1rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#eee;background:#16161a}pre{background:#232329}
details{border-color:#444}}`

export function docsPage(endpoints: readonly Endpoint[], version: string): string {
  const tags = [...new Set(endpoints.map(({ tag }) => tag))]
  const sections = tags.map((tag) => {
    const own = endpoints.filter((it) => it.tag === tag)
    return `<h2 id="${escaped(tag)}">${escaped(tag)}</h2>${own.map(entry).join('')}`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Grosz: the shops’ API</title>
<style>${style}</style><h1>Grosz: the shops’ API</h1>
<p>Version ${escaped(version)}. For programs: <a href="/openapi.json">openapi.json</a>. Send a key as
<code>Authorization: Bearer gz_…</code>; an operator’s names the shop with <code>?shop=…</code>.
What has an ETag is changed with <code>If-Match</code>.</p>
<p>${tags.map((tag) => `<a href="#${escaped(tag)}">${escaped(tag)}</a>`).join(' · ')}</p>
${sections.join('\n')}</html>
`
}

function entry(endpoint: Endpoint): string {
  const { method, path, summary, description = '', access, responses } = endpoint
  const who = access === 'public' ? 'anybody' : [...new Set(['operator', ...access])].join(', ')
  const rows = Object.entries(responses).map(
    ([status, response]) => `<tr><td>${status}<td>${escaped(response.description)}`,
  )
  return `<details><summary><b>${method}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
<p>${escaped(description)}</p><p>For: ${escaped(who)}</p>${exampleOf(endpoint)}
<table>${rows.join('')}</table></details>`
}

function exampleOf({ body }: Endpoint): string {
  if (body.kind !== 'json') return ''
  const { examples } = jsonSchemaOf(body.schema, 'input') as {
    readonly examples?: readonly unknown[]
  }
  if (examples === undefined) return ''
  return `<pre>${escaped(JSON.stringify(examples[0], null, 1))}</pre>`
}
