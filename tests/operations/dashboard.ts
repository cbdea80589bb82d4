/** config/grafana/dashboards/grosz.json, as far as tests read it. */
import { readFileSync } from 'node:fs'

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}
interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string }[] }
}

export const dashboard = JSON.parse(
  readFileSync(new URL('../../config/grafana/dashboards/grosz.json', import.meta.url), 'utf8'),
) as Dashboard

/** Without the rows, which are headings. */
export const panels = dashboard.panels.filter((panel) => panel.type !== 'row')

/** All queries, with Grafana's variables as Grafana would fill them in. */
export const queries = panels.flatMap((panel) =>
  (panel.targets ?? []).map((target) => ({
    panel: panel.title,
    expression: target.expr.replaceAll('$__rate_interval', '10s').replaceAll('$exchange', '.+'),
  })),
)
